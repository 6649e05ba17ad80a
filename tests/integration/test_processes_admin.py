"""Real processes: the admin address, and what of it is not on the public one."""

import aiohttp
import pytest

from tests.integration.processes import Proxy

TOKEN = "a-token-of-twenty-four-c"


async def test_probes_are_open_and_the_rest_asks_for_the_token(tmp_path):
    proxy = Proxy(tmp_path, environment={"SPONSORED_PROXY_ADMIN_TOKEN": TOKEN})
    proxy.rule()
    async with proxy:
        assert await proxy.ask_admin("/healthz") == (200, "ok\n")
        for path in ("/metrics", "/"):
            assert (await proxy.ask_admin(path))[0] == 401
            assert (await proxy.ask_admin(path, headers={"Authorization": f"Bearer {TOKEN}"}))[0] == 200
            assert (await proxy.ask_admin(path, headers={"Authorization": f"Bearer {TOKEN}x"}))[0] == 401
            assert (await proxy.ask_admin(path, headers={"Authorization": aiohttp.encode_basic_auth("me", TOKEN)}))[
                0
            ] == 200


async def test_no_admin_path_is_on_the_public_address(tmp_path):
    proxy = Proxy(tmp_path)
    proxy.rule()
    async with proxy:
        for path in ("/healthz", "/readyz", "/metrics", "/"):
            assert await proxy.get(path) == "ok"  # the app's, that is the marketplace's


@pytest.mark.parametrize("flag", ["listen", "admin"])
async def test_an_address_in_use_is_said_plainly(tmp_path, flag):
    proxy = Proxy(tmp_path)
    proxy.rule()
    async with proxy:
        taken = (proxy.url if flag == "listen" else proxy.admin).removeprefix("http://")
        other = Proxy(tmp_path, **{flag: taken})
        await other.launch()
        assert await other.ended() == 1
        assert f"--{flag} {taken}: cannot listen there" in other.errors
        await other.session.close()
