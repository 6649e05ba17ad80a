from proxy.server.lookout import HEAD_SECONDS, STALL_SECONDS, Lookout, Seen

SILENT = Seen(requests=0, received=None, unsent=0)
IDLE = Seen(requests=3, received=None, unsent=0)
UPLOADING = Seen(requests=1, received=100, unsent=0)
UNREAD = Seen(requests=1, received=None, unsent=5000)


def sweeps(*steps):
    """Show one connection as it looks at each time; when it was overdue."""
    lookout = Lookout()
    return [now for now, seen in steps if lookout.overdue([("it", seen)], now)]


def test_a_connection_without_a_request_is_overdue_after_a_while():
    assert sweeps((0, SILENT), (HEAD_SECONDS - 1, SILENT), (HEAD_SECONDS, SILENT)) == [HEAD_SECONDS]


def test_an_idle_one_may_stay():
    assert sweeps((0, IDLE), (3600, IDLE)) == []


def test_an_upload_without_a_byte_is_overdue():
    assert sweeps((0, UPLOADING), (STALL_SECONDS - 1, UPLOADING), (STALL_SECONDS, UPLOADING)) == [STALL_SECONDS]


def test_an_upload_that_moves_is_not():
    steps = [(second * 30, UPLOADING._replace(received=second)) for second in range(20)]
    assert sweeps(*steps) == []


def test_an_answer_that_nobody_reads_is_overdue():
    assert sweeps((0, UNREAD), (STALL_SECONDS, UNREAD)) == [STALL_SECONDS]


def test_an_answer_that_is_being_read_is_not():
    assert (
        sweeps((0, UNREAD), (59, UNREAD), (61, UNREAD._replace(unsent=4000)), (119, UNREAD._replace(unsent=4000))) == []
    )


def test_who_left_is_forgotten():
    lookout = Lookout()
    lookout.overdue([("it", SILENT)], 0)
    lookout.overdue([], 10)
    assert lookout.overdue([("it", SILENT)], HEAD_SECONDS) == []
