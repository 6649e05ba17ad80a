import subprocess
import sys


def test_an_address_that_is_none_is_told():
    told = subprocess.run(
        [sys.executable, "-m", "proxy.sandbox.shop", "--listen", "nowhere"], capture_output=True, text=True, check=False
    )
    assert told.returncode == 1
    assert told.stderr == "'nowhere' is no address to listen on; write it like 127.0.0.1:8082\n"
