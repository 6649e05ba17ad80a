"""compose.yaml without Docker: every container's own command as a process, its paths and names led to this machine's.

What Docker itself would do (mounts, users, networks, the image) is not part of
it. What a container is told (command, environment, configuration, health
check) is taken from the files as they stand, and only addresses and paths are
replaced.
"""

import asyncio
import os
import re
import sys
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.subjects import free_port
from tests.deploy.manifests import DEPLOY, ROOT, compose
from tests.patience import SECONDS, until

IMAGE = dict(re.findall(r"(SPONSORED_PROXY_\w+)=(\S+)", (ROOT / "Dockerfile").read_text()))
ENTRYPOINT = ["/venv/bin/python", "-P", "-m", "proxy"]


class Containers:
    """The services of compose.yaml; `folder` takes their volumes, secrets and logs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.services: Mapping[str, Any] = compose()["services"]
        self.ports = {name: free_port() for name in ("front", "nginx-itself", "redis", "shop", "sandbox")}
        self.proxies = {f"proxy-{number + 1}": (free_port(), free_port()) for number in range(2)}
        self.running: dict[str, Process] = {}

    async def make_secrets(self) -> None:
        """As the page says: deploy/secrets.sh."""
        script = await asyncio.create_subprocess_exec("sh", str(DEPLOY / "secrets.sh"), str(self.folder / "secrets"))
        assert await script.wait() == 0

    async def start(self, name: str) -> None:
        """Start a service (or one of the proxies), and wait until its own health check is content."""
        log = (self.folder / f"{name}.log").open("wb")
        told = self._environment(name)
        command = self._command(name)
        self.running[name] = await asyncio.create_subprocess_exec(
            *command, env=told, stdout=log, stderr=STDOUT, cwd=ROOT
        )
        await until(lambda: self.is_healthy(name), f"{name} never got healthy: {command}")

    async def run(self, name: str) -> int:
        """A service that ends by itself; its exit status."""
        process = await asyncio.create_subprocess_exec(*self._command(name), env=self._environment(name), cwd=ROOT)
        return await process.wait()

    async def is_healthy(self, name: str) -> bool:
        """What the service's health check says of it now."""
        assert self.running[name].returncode is None, (self.folder / f"{name}.log").read_text()
        kind, *command = self.services[_service(name)]["healthcheck"]["test"]
        command = ["sh", "-c", command[0].replace("$$", "$")] if kind == "CMD-SHELL" else command
        process = await asyncio.create_subprocess_exec(
            *[self.here(part, name) for part in command], stdout=PIPE, stderr=STDOUT, env=self._environment(name)
        )
        return await process.wait() == 0

    async def end(self) -> None:
        """Stop all, the last one first, each by the signal that Docker would send."""
        for process in reversed(self.running.values()):
            if process.returncode is None:
                process.terminate()
            await asyncio.wait_for(process.wait(), SECONDS)

    def here(self, text: str, name: str) -> str:
        """A container's words with this machine's paths and addresses."""
        listen, admin = self.proxies.get(name, (0, 0))
        exchange = {
            "/venv/bin/python": sys.executable,
            "/run/secrets/": f"{self.folder}/secrets/",
            "/etc/nginx/sponsored-proxy.conf": f"{self.folder}/nginx.conf",
            "/etc/redis/sponsored-proxy.conf": f"{self.folder}/redis.conf",
            "127.0.0.1:8089": f"127.0.0.1:{self.ports['nginx-itself']}",
            '"127.0.0.1", 9090': f'"127.0.0.1", {admin}',
            "0.0.0.0:8080": f"127.0.0.1:{listen}",
            "proxy:8080": f"127.0.0.1:{self.proxies['proxy-1'][0]}",
            "redis-cli": f"redis-cli -p {self.ports['redis']}",
        }
        for host in ("shop", "sandbox", "redis"):
            port = {"shop": 8081, "sandbox": 8082, "redis": 6379}[host]
            exchange |= {
                f"{host}:{port}": f"127.0.0.1:{self.ports[host]}",
                f"0.0.0.0:{port}": f"127.0.0.1:{self.ports[host]}",
            }
            exchange[f"127.0.0.1:{port}/"] = f"127.0.0.1:{self.ports[host]}/"
        for before, after in exchange.items():
            text = text.replace(before, after)
        return re.sub(r"(?<![\w/])/data\b", str(self._volume(name)), text)

    def configure(self) -> None:
        """nginx's and Redis' files as they stand, with their paths and ports led here."""
        nginx = (DEPLOY / "compose" / "nginx.conf").read_text().replace("/tmp/", f"{self.folder}/nginx-")
        nginx = nginx.replace("listen 8080;", f"listen 127.0.0.1:{self.ports['front']};")
        (self.folder / "nginx.conf").write_text(self.here(nginx, "front"))
        redis = (DEPLOY / "compose" / "redis.conf").read_text().replace("bind * -::*", "bind 127.0.0.1")
        redis = redis.replace("port 6379", f"port {self.ports['redis']}")
        (self.folder / "redis.conf").write_text(self.here(redis, "redis"))

    def _volume(self, name: str) -> Path:
        # `furnish` writes what `sandbox` reads: they share a volume.
        volume = self.folder / {"furnish": "sandbox"}.get(name, name)
        volume.mkdir(exist_ok=True)
        return volume

    def _command(self, name: str) -> Sequence[str]:
        service = self.services[_service(name)]
        words = [*service.get("entrypoint", ENTRYPOINT), *service.get("command", ())]
        return [self.here(word, name) for word in words]

    def _environment(self, name: str) -> dict[str, str]:
        told = {"PATH": os.environ["PATH"] + ":/usr/sbin", "PYTHONPATH": str(ROOT)}
        if name not in self.proxies:
            return told
        told |= IMAGE | {"SPONSORED_PROXY_RULES": str(ROOT / "rules")} | self.services["proxy"]["environment"]
        for file in self.services["proxy"]["env_file"]:
            told |= dict(line.split("=", 1) for line in (self.folder / file).read_text().splitlines())
        told |= {"SPONSORED_PROXY_ADMIN": f"127.0.0.1:{self.proxies[name][1]}"}
        return {variable: self.here(text, name) for variable, text in told.items()}


def _service(name: str) -> str:
    return "proxy" if name.startswith("proxy-") else name
