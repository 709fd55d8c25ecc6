# SPDX-License-Identifier: GPL-3.0-or-later
"""What happens, scene by scene. Each scene ends when what it shows has happened at the clinic, not after a time."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta, timezone

from .stage import Stage
from .view import Scene

STRAP, CUFF, OXIMETER = "F5:F1:F2:F3:F4:01", "F5:F1:F2:F3:F4:02", "F5:F1:F2:F3:F4:03"
RESIDENT_A, RESIDENT_B = "r-31k7", "r-8m2q"
SITE = timezone(timedelta(hours=8))  # Asia/Shanghai
OUTAGE, AWAY = 8.0, 4.0  # seconds

# (rule, phase) -> how often the clinic must have got it, and nothing else.
EXPECTED_ALERTS = {("OX-1", "start"): 1, ("OX-1", "clear"): 1, ("BP-1", "start"): 1, ("BP-1", "clear"): 1}


class Story:
    def __init__(self, stage: Stage, on_scene: Callable[[Scene], None]):
        self._stage, self._on_scene = stage, on_scene
        self._number = 0
        self._scenes: list[tuple[str, str, Callable[[], Awaitable[None]]]] = [
            ("登记三台设备：心率带、血压计、血氧仪", "Three devices are enrolled: strap, cuff, oximeter", self._enrol),
            ("读数正常", "Normal readings arrive", self._normal),
            ("血氧下降：持续低于 90% 才报警", "Oxygen saturation falls: low for long enough, it is an alert", self._desaturate),
            ("血压危象", "A hypertensive crisis", self._crisis),
            ("消息服务器被强行终止，数据在网关上等待", "The broker is killed (SIGKILL): readings wait on the gateway",
             self._broker_dies),
            ("心率带断开，随后自动重连", "The strap drops its link and returns by itself", self._strap_leaves),
            ("血压恢复，警报解除", "The pressure is down again: the alert clears", self._calm),
            ("演示结束：清点数据", "The end: everything is counted", self._end),
        ]

    async def play(self) -> None:
        for number, (zh, en, scene) in enumerate(self._scenes, 1):
            self._number = number
            self._say(zh, en)
            await scene()

    def _say(self, zh: str, en: str) -> None:
        self._on_scene(Scene(self._number, len(self._scenes), zh, en))

    # Scenes ---------------------------------------------------------------------------------------------------------

    async def _enrol(self) -> None:
        world = self._stage.world
        await self._stage.enrol("strap", STRAP, RESIDENT_A)
        await self._stage.enrol("cuff", CUFF, RESIDENT_B, self._read_display)
        await self._stage.until(lambda: "cuff" in world.subscribed, "the gateway listens to the cuff")
        await self._cuff_sleeps()
        await self._stage.enrol("oximeter", OXIMETER, RESIDENT_A)

    async def _read_display(self, passkey: str) -> None:
        self._say(f"血压计显示 {passkey}，在 vigilctl 中输入", f"The cuff shows {passkey}: it is typed in at vigilctl")
        await self._stage.pause(2)

    async def _normal(self) -> None:
        await self._measure(128, 78, 70)
        await self._more("strap", 16)
        await self._more("oximeter", 4)

    async def _desaturate(self) -> None:
        await self._stage.world.control("signal desaturate")
        await self._alert("OX-1", "start")
        self._say("高级警报 OX-1；住户正在恢复", "It is a high alert, OX-1; the resident recovers")
        await self._stage.pause(4)
        await self._stage.world.control("signal recover")
        await self._alert("OX-1", "clear")
        self._say("血氧恢复，警报解除，等待确认", "The condition is over; somebody has yet to acknowledge it")
        await self._stage.pause(3)

    async def _crisis(self) -> None:
        await self._measure(188, 124, 92)
        self._say("一次测量还不报警：再测一次", "One reading is no alert yet: the cuff measures again")
        await self._stage.pause(4)
        await self._measure(186, 122, 90)
        await self._alert("BP-1", "start")
        self._say("第二次测量确认：高级警报 BP-1", "186/122 mmHg, the second reading confirms it: high alert BP-1")
        await self._stage.pause(4)

    async def _broker_dies(self) -> None:
        """The cuff measures in between, so that a spot reading has to wait as well."""
        view = self._stage.view
        died = time.monotonic()
        self._stage.kill_broker()
        view.broker_note = "killed, nothing can be delivered"
        await self._send(142, 88, 78)
        await self._stage.pause(OUTAGE - (time.monotonic() - died))
        self._stage.restart_broker()
        away = time.monotonic() - died
        waiting = dict(self._stage.world.sent)
        view.broker_note = f"was away for {away:.0f} s"
        self._say(f"服务器恢复，{self._behind()} 条读数待补发，网关 30 秒内重连",
                  f"It is back; {self._behind()} readings wait, the gateway returns within 30 s")
        await self._stage.until(lambda: view.broker_up, "the clinic is back at the broker", 30, "broker")
        await self._stage.until(lambda: all(self._received(device) >= count for device, count in waiting.items()),
                                "what waited has come", 60)
        self._say("等待的读数已全部补发", "All that waited has come")
        await self._more("strap", 8)

    async def _strap_leaves(self) -> None:
        world = self._stage.world
        await world.control("signal strap-away")
        await self._stage.until(lambda: "strap" not in world.subscribed, "the strap drops its link")
        await self._stage.pause(AWAY)
        await world.control("signal strap-back")
        self._say("心率带已回到附近", "The strap is near again")
        await self._more("strap", 8, 60)

    async def _calm(self) -> None:
        await self._measure(136, 84, 74)
        await self._alert("BP-1", "clear")
        await self._stage.pause(4)

    async def _end(self) -> None:
        """Ends the streams and waits until nothing is on its way any more: only then may be counted."""
        world, stage = self._stage.world, self._stage
        await world.control("signal stop")
        await stage.until(lambda: world.seen["strap", "story-end"] > 0 and world.seen["oximeter", "story-end"] > 0,
                          "the streams end", 20, "devices")
        # A stream's last values are written after 4 s at most; after 10 s without news nothing more will come.
        limit = time.monotonic() + 10 * world.patience
        state: object = None
        while time.monotonic() < limit:
            status = await stage.status()
            queues = status["queues"] if status else None
            news = (queues, sum(stage.view.ledger.totals(lane).received for lane in ("alert", "reading")))
            if news != state:
                state, limit = news, time.monotonic() + 10 * world.patience
            if queues and not any(queue["waiting"] for queue in queues) and self._behind() <= 0:
                return
            await stage.pause(0.3)

    # Devices --------------------------------------------------------------------------------------------------------

    async def _measure(self, systolic: int, diastolic: int, pulse: int) -> None:
        """The cuff measures, and its reading is at the clinic."""
        await self._send(systolic, diastolic, pulse)
        await self._stage.until(self._cuff_is_complete, f"the reading {systolic}/{diastolic} is at the clinic")

    async def _send(self, systolic: int, diastolic: int, pulse: int) -> None:
        """It advertises because it has something to say, says it, and sleeps again."""
        world = self._stage.world
        await world.control("advertise cuff on")
        await self._stage.until(lambda: "cuff" in world.subscribed, "the gateway connects to the cuff", 60)
        await world.control(f"notify cuff 2a35 {blood_pressure(systolic, diastolic, pulse, datetime.now(SITE)).hex()}")
        await self._cuff_sleeps()

    async def _cuff_sleeps(self) -> None:
        world = self._stage.world
        await world.control("advertise cuff off")
        await world.control("drop cuff")
        await self._stage.until(lambda: "cuff" not in world.subscribed, "the cuff's link is down", 20, "devices")

    # The clinic -----------------------------------------------------------------------------------------------------

    def _received(self, device: str) -> int:
        return self._stage.view.ledger.readings_per_device()[self._stage.device_ids[device]]

    def _behind(self) -> int:
        """How many of the devices' values are not at the clinic yet."""
        return sum(self._stage.world.sent[device] - self._received(device) for device in self._stage.device_ids)

    def _cuff_is_complete(self) -> bool:
        return self._received("cuff") >= self._stage.world.sent["cuff"]

    async def _more(self, device: str, count: int, seconds: float = 40.0) -> None:
        wanted = self._received(device) + count
        await self._stage.until(lambda: self._received(device) >= wanted, f"readings of the {device} arrive", seconds)

    async def _alert(self, rule: str, phase: str) -> None:
        await self._stage.until(lambda: bool(self._stage.view.ledger.phases(phase, rule)),
                                f"the alert {rule} {phase}s", 40)


def blood_pressure(systolic: int, diastolic: int, pulse: int, at: datetime) -> bytes:
    """A Blood Pressure Measurement (2A35) in mmHg with time stamp, pulse, user 1 and no status bits.

    The cuff's clock has no zone: it shows the time of the place. The numbers are SFLOATs with exponent 0.
    """
    mean = diastolic + (systolic - diastolic) // 3
    result = bytes([0x1E])
    for number in (systolic, diastolic, mean, at.year):
        result += number.to_bytes(2, "little")
    result += bytes([at.month, at.day, at.hour, at.minute, at.second])
    return result + pulse.to_bytes(2, "little") + bytes([1, 0, 0])
