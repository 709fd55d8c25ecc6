# SPDX-License-Identifier: GPL-3.0-or-later
"""The errors of bluetoothd, names and texts as in BlueZ's src/error.c (a client may log or match both)."""

from __future__ import annotations


class BlueZError(Exception):
    """Answers a method call with a D-Bus error."""

    def __init__(self, name: str, text: str):
        super().__init__(f"{name}: {text}")
        self.name, self.text = name, text


def _error(name: str, text: str) -> BlueZError:
    return BlueZError(f"org.bluez.Error.{name}", text)


def failed(text: str) -> BlueZError:
    return _error("Failed", text)


def invalid_arguments(text: str = "Invalid arguments in method call") -> BlueZError:
    return _error("InvalidArguments", text)


def in_progress() -> BlueZError:
    return _error("InProgress", "In Progress")


def busy() -> BlueZError:
    """btd_error_busy: the name is InProgress, the text another one than in_progress has."""
    return _error("InProgress", "Operation already in progress")


def already_exists() -> BlueZError:
    return _error("AlreadyExists", "Already Exists")


def does_not_exist() -> BlueZError:
    return _error("DoesNotExist", "Does Not Exist")


def not_ready() -> BlueZError:
    return _error("NotReady", "Resource Not Ready")


def blocked() -> BlueZError:
    """Switching on what rfkill holds off: property_set_mode_complete in src/adapter.c, the text is the kernel's status."""
    return _error("Blocked", "Blocked through rfkill")


def not_connected() -> BlueZError:
    return _error("NotConnected", "Not Connected")


def not_supported() -> BlueZError:
    return _error("NotSupported", "Operation is not supported")


def not_permitted(text: str) -> BlueZError:
    return _error("NotPermitted", text)


# What Pair() can end with: new_authentication_return in src/device.c, by the kernel's management status.

def authentication_failed() -> BlueZError:
    """Wrong passkey, refusal by either side, no agent: the kernel says AUTH_FAILED for all of them."""
    return _error("AuthenticationFailed", "Authentication Failed")


def authentication_canceled() -> BlueZError:
    """CancelPairing, Disconnect, or a link that went down in the middle."""
    return _error("AuthenticationCanceled", "Authentication Canceled")


def authentication_timeout() -> BlueZError:
    """bluetoothd's own limit of 120 s (BONDING_TIMEOUT in src/adapter.c)."""
    return _error("AuthenticationTimeout", "Authentication Timeout")


def already_paired() -> BlueZError:
    """The kernel has a key for the device though bluetoothd has no bond (paired with Pairable off)."""
    return _error("AlreadyExists", "Already Paired")
