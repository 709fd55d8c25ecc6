# SPDX-License-Identifier: GPL-3.0-or-later
"""The air between the virtual controllers, and the kernel's end of it behind /dev/vhci."""

from __future__ import annotations

import asyncio
import os

from bumble import core, hci, ll
from bumble.controller import Controller
from bumble.link import LocalLink

HCI_VENDOR_PACKET = 0xFF
PRIMARY_CONTROLLER = 0x00


class Air(LocalLink):
    """bumble's link with two things mended.

    The sender of data is the address that this connection was made from. bumble 0.0.236 always names the sender's
    random address; Linux connects from its public one, and the peer then drops the data as from a stranger.

    Advertisements reach only a controller that scans or wants to connect, instead of everyone on the air.
    """

    def send_acl_data(self, sender_controller, destination_address, transport, data):
        if transport != core.PhysicalTransport.LE:
            super().send_acl_data(sender_controller, destination_address, transport, data)
            return
        connection = sender_controller.le_connections.get(destination_address)
        source = connection.self_address if connection else sender_controller.random_address
        receiver = self.find_le_controller(destination_address)
        if receiver is not None:
            asyncio.get_running_loop().call_soon(receiver.on_link_acl_data, source, transport, data)

    def send_ll_control_pdu(self, sender_address, receiver_address, packet):
        if self.find_le_controller(receiver_address) is not None:  # the link may be down at the other end already
            super().send_ll_control_pdu(sender_address, receiver_address, packet)

    def send_advertising_pdu(self, sender_controller, packet):
        loop = asyncio.get_running_loop()
        for controller in self.controllers:
            if controller is sender_controller:
                continue
            if isinstance(packet, ll.ConnectInd) or controller.le_scan_enable or controller.pending_le_connection:
                loop.call_soon(controller.on_ll_advertising_pdu, packet)


class DeviceController(Controller):
    """A peripheral's, which counts what its centrals say."""

    received = 0

    def on_link_acl_data(self, sender_address, transport, data):
        self.received += 1
        super().on_link_acl_data(sender_address, transport, data)


class HostController(Controller):
    """The controller that Linux sees, with what bumble's leaves out.

    It claims no more than Bluetooth 4.2. With extended advertising or link layer privacy claimed Linux waits for the
    enhanced connection event, which bumble does not send: the connection works, but the kernel's queue of commands
    stands still for 20 s unless an encryption comes along.
    """

    le_features = (hci.LeFeatureMask.LE_ENCRYPTION | hci.LeFeatureMask.CONNECTION_PARAMETERS_REQUEST_PROCEDURE
                   | hci.LeFeatureMask.EXTENDED_REJECT_INDICATION
                   | hci.LeFeatureMask.PERIPHERAL_INITIATED_FEATURE_EXCHANGE | hci.LeFeatureMask.LE_PING
                   | hci.LeFeatureMask.LE_DATA_PACKET_LENGTH_EXTENSION)

    def on_hci_le_create_connection_cancel_command(self, _command):
        # bumble answers "done" and forgets nothing: the kernel waits for the event, and every later connection is
        # refused because one is "pending".
        pending, self.pending_le_connection = self.pending_le_connection, None
        if pending is None:
            return hci.HCI_StatusReturnParameters(hci.HCI_ErrorCode.COMMAND_DISALLOWED_ERROR)
        asyncio.get_running_loop().call_soon(self.send_hci_packet, hci.HCI_LE_Connection_Complete_Event(
            status=hci.HCI_ErrorCode.UNKNOWN_CONNECTION_IDENTIFIER_ERROR, connection_handle=0, role=hci.Role.CENTRAL,
            peer_address_type=pending.peer_address.address_type, peer_address=pending.peer_address,
            connection_interval=0, peripheral_latency=0, supervision_timeout=0, central_clock_accuracy=0))
        return hci.HCI_StatusReturnParameters(hci.HCI_ErrorCode.SUCCESS)


class Vhci:
    """The kernel's side: makes a controller of the kernel's (hci0) and is its transport.

    One read or write is one HCI packet, so nothing has to be parsed here.
    """

    def __init__(self, path: str = "/dev/vhci"):
        self.descriptor = os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
        self.controller: Controller | None = None
        self.lost: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def set_packet_sink(self, controller: Controller) -> None:
        self.controller = controller

    def start(self) -> None:
        os.write(self.descriptor, bytes([HCI_VENDOR_PACKET, PRIMARY_CONTROLLER]))
        asyncio.get_running_loop().add_reader(self.descriptor, self._readable)

    def on_packet(self, packet: bytes) -> None:
        os.write(self.descriptor, packet)

    def _readable(self) -> None:
        try:
            packet = os.read(self.descriptor, 4096)
        except BlockingIOError:
            return
        except OSError as error:
            asyncio.get_running_loop().remove_reader(self.descriptor)
            if not self.lost.done():
                self.lost.set_exception(error)
            return
        if packet and packet[0] != HCI_VENDOR_PACKET and self.controller is not None:
            self.controller.on_packet(packet)
