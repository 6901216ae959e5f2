"""The pieces of Python that bring a script its images; `core.export.images` chooses among them."""

IMPORTS = {
    "sklearn": (
        "from sklearn.datasets import load_digits",
        "from sklearn.model_selection import train_test_split",
    ),
    "download": ("import gzip", "import hashlib", "import urllib.request"),
    "tar": ("import io", "import tarfile"),
    "pillow": ("from PIL import Image",),
}
PACKAGES = {"sklearn": "scikit-learn", "pillow": "pillow"}
DOWNLOADED = "The images are downloaded from their publisher once, 11 to 170 MB, and kept in the folder data."

DIGITS = """\
values, labels = load_digits(return_X_y=True)
images = np.round(values * 255 / 16).astype(np.uint8).reshape(-1, 8, 8, 1)  # 0..16 -> 0..255
train, test = train_test_split(np.arange(len(labels)), test_size=360, stratify=labels, random_state=0)
images = images[np.concatenate([train, test])]  # in the order that the rows below count
"""

DOWNLOAD = '''


def fetch(name):
    """The bytes of a published file, downloaded unless the folder DATA has it."""
    published, addresses = FILES[name]
    path = DATA / name
    for address in [None, *addresses]:
        try:
            content = path.read_bytes() if address is None else urllib.request.urlopen(address, timeout=60).read()
        except OSError as error:
            print(f"{address or path}: {error}")
            continue
        algorithm, _, expected = published.partition(":")
        if hashlib.new(algorithm, content).hexdigest() == expected:
            if address:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
            return content
        print(f"{address or path} is not the published file.")
    raise OSError(f"{name} could not be had. Get a copy elsewhere and save it as {path}.")


'''

IDX = '''\
def read(name):
    """The images of an IDX file: 16 bytes of header, then the pixels."""
    return np.frombuffer(gzip.decompress(fetch(name)), np.uint8, offset=16).reshape(-1, HEIGHT, WIDTH, 1)


images = np.concatenate([read(name) for name in FILES])  # training images, then test images
'''

CIFAR = """\
BATCHES = [f"data_batch_{number}.bin" for number in range(1, 6)] + ["test_batch.bin"]
with tarfile.open(fileobj=io.BytesIO(fetch("cifar-10-binary.tar.gz"))) as archive:
    content = b"".join(archive.extractfile(f"cifar-10-batches-bin/{name}").read() for name in BATCHES)
records = np.frombuffer(content, np.uint8).reshape(-1, 3073)  # a label, then the red, green and blue plane
images = records[:, 1:].reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1)
"""

RESIZE = '''

def resized(images):
    """The images as {size}×{size} pixels."""
    small = [Image.fromarray(image.squeeze()).resize(({size}, {size}), Image.Resampling.BILINEAR) for image in images]
    return np.stack(small).reshape(-1, {size}, {size}, {channels})


x_train, x_validation, x_test = resized(x_train), resized(x_validation), resized(x_test)
'''

CHOOSE = """
# Which images are in which split, and with which label: nothing here is left to chance.
splits = np.load(HERE / "splits.npz")
x_train, y_train = images[splits["train_rows"]], splits["train_labels"]
x_validation, y_validation = images[splits["validation_rows"]], splits["validation_labels"]
x_test, y_test = images[splits["test_rows"]], splits["test_labels"]
"""

NOISE = """
# Grain on the training images, for good: {noise:g} of full brightness.
noise = np.random.default_rng([SEED, 0, 6]).standard_normal(x_train.shape, np.float32)
x_train = np.clip(np.rint(noise * (255 * {noise!r}) + x_train), 0, 255).astype(np.uint8)
"""

CARRIED = """\
splits = np.load(HERE / "images.npz")
x_train, y_train = splits["train_images"], splits["train_labels"]
x_validation, y_validation = splits["validation_images"], splits["validation_labels"]
x_test, y_test = splits["test_images"], splits["test_labels"]
"""
