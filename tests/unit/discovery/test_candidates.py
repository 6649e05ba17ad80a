from proxy.discovery.candidates import DEEPEST, at, candidates, first_empty


def paths(value):
    return [str(candidate) for candidate in candidates(value)]


def test_every_array_of_objects_is_one():
    assert paths({"a": [{"x": 1}], "b": {"c d": [{"y": 1}]}}) == ["$.a", "$.b['c d']"]
    assert paths([{"x": 1}]) == ["$"]


def test_arrays_of_anything_else_are_none():
    assert paths({"a": [], "b": [1, 2], "c": ["x"], "d": [{}], "e": 1, "f": [{"x": 1}, 1, 2]}) == []


def test_arrays_in_the_elements_of_an_array_are_one():
    value = {"results": [{"hits": [{"id": 1}]}, {"hits": [{"id": 2}, {"id": 3}]}, {"error": 1}]}
    results, hits = candidates(value)
    assert (str(results), str(hits)) == ("$.results", "$.results[*].hits")
    assert [item["id"] for item in hits.items] == [1, 2, 3]
    assert [(array.n, array.holder) for array in hits.arrays] == [(0, value["results"][0]), (1, value["results"][1])]
    assert hits.is_inside(results)
    assert not results.is_inside(hits)


def test_rows_of_rows_are_found():
    assert paths([[{"id": 1}], [{"id": 2}]]) == ["$[*]"]


def test_names_are_the_keys_on_the_way():
    (candidate,) = candidates({"data": {"rows": [[{"id": 1}]]}})
    assert candidate.names == ("data", "rows")


def test_what_is_too_deep_is_left_alone():
    value = [{"id": 1}]
    for _ in range(DEEPEST):
        value = {"a": value}
    assert paths(value) == []


def test_objects_at_a_path_are_those_that_are_there():
    assert at([{"a": {"b": {"c": 1}}}, {"a": 1}, {}], ("a", "b")) == [{"c": 1}]


def test_the_outermost_empty_list_is_found():
    assert first_empty({"data": {"deep": {"facets": []}, "items": []}, "total": 0}) == "$.data.items"
    assert first_empty([]) == "$"
    assert first_empty({"items": [1], "data": {}}) is None
