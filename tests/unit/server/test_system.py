import resource
import socket

import pytest

from proxy.errors import SettingsTrouble
from proxy.server.system import address_of, bind, notify_systemd, raise_file_limit
from proxy.server.units import Address


def test_a_port_that_the_system_chose_is_told():
    with bind(Address("127.0.0.1", 0), "--listen") as listener:
        assert address_of(listener).port > 0
        assert listener.getsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR)
        assert not listener.getsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT)
        socket.create_connection(address_of(listener)).close()


@pytest.mark.parametrize("address", [Address("192.0.2.1", 80), Address("no-such-host.invalid", 80)])
def test_where_nobody_can_listen_is_said_with_its_flag(address):
    with pytest.raises(SettingsTrouble, match=f"--admin {address}: cannot listen there"):
        bind(address, "--admin")


def test_files_are_allowed_as_far_as_the_system_lets_us():
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    assert raise_file_limit(64) >= 64
    assert hard == resource.RLIM_INFINITY or raise_file_limit(hard * 2) == hard


def test_systemd_is_told_where_it_listens(tmp_path, monkeypatch):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        notify_systemd("READY=1")
        assert systemd.recv(100) == b"READY=1"


def test_no_systemd_is_no_trouble(monkeypatch, tmp_path):
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    notify_systemd("READY=1")
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "nowhere"))
    notify_systemd("READY=1")
