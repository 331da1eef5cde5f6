"""How tools and tests talk to the kernels that run the pages."""

import sys

from jupyter_client.connect import ConnectionFileMixin


def use_sockets_in_files():
    """Let kernels started by this process talk through files, not through TCP ports.

    Two kernels that start at once, one on each worker of the tests, can be handed the same free
    port; then one of them dies or is waited for in vain. Windows has TCP only.
    """
    if sys.platform != "win32":
        ConnectionFileMixin.transport.default_value = "ipc"
