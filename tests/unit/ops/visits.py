from proxy.reasons import Reason
from proxy.search.visit import Visit


def a_visit(**fields) -> Visit:
    told = {"id": "0123456789abcdef", "page": "search", "reason": Reason.SERVED, "status": 200, "method": "GET"}
    return Visit(**(told | {"path": "/api/search", "book": "9f2c0011", "winners": 2, "slots": 3} | fields))
