"""What the worker calculates on: the first GPU that TensorFlow sees, or the CPU."""

import os
from dataclasses import dataclass


@dataclass(frozen=True)
class Device:
    """`kind` is "gpu" or "cpu"; `name` is what a person would call it; `precision` the 16-bit policy, or ""."""

    kind: str
    name: str
    precision: str = ""


def gpu_memory() -> int | None:
    """The most bytes that TensorFlow has held on the first GPU; None without one."""
    import tensorflow as tf

    if not tf.config.list_physical_devices("GPU"):
        return None
    return int(tf.config.experimental.get_memory_info("GPU:0")["peak"])


def device() -> Device:
    """The device that training uses here. Imports TensorFlow; GPU memory is taken as needed, not all at once."""
    import tensorflow as tf

    gpus = tf.config.list_physical_devices("GPU")
    if not gpus:
        return Device("cpu", f"CPU (×{os.cpu_count()})")
    for gpu in gpus:
        tf.config.experimental.set_memory_growth(gpu, True)
    details = tf.config.experimental.get_device_details(gpus[0])
    # bfloat16 has float32's range and needs no loss scaling; cards before compute capability 8 lack it
    modern = details.get("compute_capability", (0, 0))[0] >= 8
    name = details.get("device_name", "GPU")
    return Device("gpu", name, "mixed_bfloat16" if modern else "mixed_float16")
