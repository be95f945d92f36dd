"""Where neural networks are computed: on a GPU where there is one, else on the CPU."""

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

import torch


@dataclass(frozen=True)
class Device:
    """A device and how it is used.

    Parameters
    ----------
    name
        For people: ``cpu``, or the name of the GPU.
    torch_device
        What tensors are moved to.
    batch
        Rows of a training step and of a scoring step: a GPU is idle on few.
    half
        True where training multiplies in bfloat16, whose range needs no scaling of the loss.
    """

    name: str
    torch_device: str
    batch: int
    half: bool

    def mixed(self) -> AbstractContextManager[object]:
        """Return the context that the training steps run in."""
        return torch.autocast(self.torch_device, dtype=torch.bfloat16) if self.half else nullcontext()


CPU = Device("cpu", "cpu", batch=1024, half=False)


def choose_device() -> Device:
    """Return the first GPU, or the CPU, where results are the same to the last bit whenever the seed is."""
    if not torch.cuda.is_available():
        return CPU
    return Device(torch.cuda.get_device_name(0), "cuda", batch=8192, half=torch.cuda.is_bf16_supported())
