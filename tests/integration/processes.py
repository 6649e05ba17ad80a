"""A proxy of real processes, for tests: started, asked, told by signals, ended. Nothing waits for time to pass."""

import asyncio
import json
import os
import re
import signal
import sys
from pathlib import Path

import aiohttp

from tests.patience import SECONDS, until

HERE = Path(__file__).parent
KEY = "canary-key-8d1f00b5"
RULE = "page: {page}\nmatch: {{path: /{page}}}\nproducts: {{list: $.items, id: $.id}}\nauction: {{slots: 2}}\nlayout: {{place: top}}\n"


class Proxy:
    """`serve`, running. Flags by name: `workers="2"`."""

    def __init__(self, folder: Path, app: str = "stand_in:App", environment: dict | None = None, **flags: str):
        self.folder, self.rules, self.data = folder, folder / "rules", folder / "data"
        self.rules.mkdir(exist_ok=True)
        self.app, self.log, self.errors = app, "", ""
        self.environment = {"SPONSORED_PROXY_ADS_KEY": KEY} | (environment or {})
        told = {"upstream": "http://127.0.0.1:1", "listen": "127.0.0.1:0", "admin": "127.0.0.1:0"}
        told |= {"rules": str(self.rules), "data": str(self.data)} | flags
        self.flags = [part for name, value in told.items() for part in (f"--{name.replace('_', '-')}", value)]

    def rule(self, page: str = "search", file: str = "search.yaml", text: str | None = None) -> None:
        (self.rules / file).write_text(RULE.format(page=page) if text is None else text)

    async def launch(self) -> "Proxy":
        self.process = await asyncio.create_subprocess_exec(
            *(sys.executable, str(HERE / "serve_stand_in.py"), self.app, *self.flags),
            env={**os.environ, **self.environment, "PYTHONPATH": f"{HERE}:{HERE.parents[1]}"},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        self.readers = [asyncio.create_task(self._read("log")), asyncio.create_task(self._read("errors"))]
        self.session = aiohttp.ClientSession()
        return self

    async def _read(self, where: str) -> None:
        stream = self.process.stdout if where == "log" else self.process.stderr
        while chunk := await stream.read(65536):
            setattr(self, where, getattr(self, where) + chunk.decode())

    async def serving(self) -> "Proxy":
        await self.launch()
        await self.says("admin on ")
        self.url = re.search(r"listening on (\S+)", self.log)[1]
        self.admin = re.search(r"admin on (\S+)", self.log)[1]
        await until(self.is_ready, self.log)
        await until(self.all_serve, self.log)
        return self

    async def __aenter__(self) -> "Proxy":
        return await self.serving()

    async def __aexit__(self, *_) -> None:
        await self.session.close()
        if self.process.returncode is None:
            self.process.kill()
        await self.ended()

    async def ended(self) -> int:
        async with asyncio.timeout(SECONDS):
            code = await self.process.wait()
            await asyncio.gather(*self.readers)
        return code

    async def says(self, text: str, times: int = 1) -> None:
        async def said():
            assert self.process.returncode is None or text in self.log, self.log + self.errors
            return self.log.count(text) >= times

        await until(said, f"never said {text!r}:\n{self.log}")

    async def get(self, path: str, **more) -> str:
        async with self.session.get(self.url + path, **more) as answer:
            return await answer.text()

    async def ask_admin(self, path: str, **more) -> tuple[int, str]:
        async with self.session.get(self.admin + path, **more) as answer:
            return answer.status, await answer.text()

    async def ready(self) -> dict:
        return json.loads((await self.ask_admin("/readyz"))[1])

    async def is_ready(self) -> bool:
        return (await self.ask_admin("/readyz"))[0] == 200

    async def all_serve(self) -> bool:
        workers = (await self.ready())["workers"]
        return workers["serving"] == workers["wanted"]

    async def metric(self, line: str) -> float:
        """A sample by its full name with labels; 0 where it is absent."""
        found = re.search(rf"^{re.escape(line)} (\S+)$", (await self.ask_admin("/metrics"))[1], re.M)
        return float(found[1]) if found else 0.0

    def workers(self) -> list[int]:
        """The processes of the workers."""
        return [
            int(pid) for pid in Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        ]

    def tell(self, number: int = signal.SIGTERM) -> None:
        self.process.send_signal(number)
