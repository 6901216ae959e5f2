"""The NVIDIA GPUs of this machine."""

import subprocess


def count_gpus() -> int:
    """NVIDIA GPUs of this machine, asked of the driver: TensorFlow stays out of the web server."""
    try:
        answer = subprocess.run(["nvidia-smi", "-L"], capture_output=True, text=True, timeout=5, check=True)
    except (OSError, subprocess.SubprocessError):
        return 0
    return sum(line.startswith("GPU ") for line in answer.stdout.splitlines())
