"""Every file in deploy/ is what its reader takes: held against that reader's own schema, with nothing unknown in it."""

import json
import shutil
import subprocess
from importlib.resources import files

import jsonschema
import kubernetes_validate
import pytest
import yaml

from tests.deploy.manifests import DEPLOY, KUBERNETES, ROOT, VARIANTS, Manifest, applied, compose, kustomization, read

OURS = [
    one
    for folder in ("common", *VARIANTS)
    for file in sorted((KUBERNETES / folder).glob("*.yaml"))
    for one in read(file)
]
OF_KUBERNETES = [manifest for manifest in OURS if manifest.kind != "Kustomization"]
VERSIONS = ("1.30", kubernetes_validate.latest_version())
"""The oldest that these files are for, and the newest whose schema there is."""


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("manifest", OF_KUBERNETES, ids=str)
def test_kubernetes_takes_every_manifest(manifest: Manifest, version: str) -> None:
    kubernetes_validate.validate(manifest.said, version, strict=True)


def test_a_misspelt_key_would_be_found() -> None:
    (wrong,) = [json.loads(json.dumps(one.said)) for one in OF_KUBERNETES if one.kind == "Deployment"]
    wrong["spec"]["template"]["spec"]["terminationGracePeriod"] = 60
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(wrong, VERSIONS[0], strict=True)


def test_compose_takes_its_file() -> None:
    schema = files("check_jsonschema") / "builtin_schemas" / "vendor" / "compose-spec.json"
    jsonschema.Draft7Validator(json.loads(schema.read_text())).validate(compose())


@pytest.mark.parametrize("folder", ["common", *VARIANTS])
def test_a_kustomization_names_every_file_of_its_folder(folder: str) -> None:
    said = kustomization(folder)
    assert (said["apiVersion"], said["kind"]) == ("kustomize.config.k8s.io/v1beta1", "Kustomization")
    here = {file.name for file in (KUBERNETES / folder).iterdir()} - {"kustomization.yaml"}
    assert {name for name in said["resources"] if not name.startswith("../")} == here
    assert [name for name in said["resources"] if not (KUBERNETES / folder / name).exists()] == []


@pytest.mark.parametrize("variant", VARIANTS)
def test_nothing_is_applied_twice(variant: str) -> None:
    names = [(manifest.kind, manifest.name) for manifest in applied(variant)]
    assert len(names) == len(set(names))


@pytest.mark.skipif(shutil.which("kubectl") is None, reason="no kubectl: it is nobody's duty to have one")
@pytest.mark.parametrize("variant", VARIANTS)
def test_kubectl_builds_what_these_tests_read(variant: str) -> None:
    command = ["kubectl", "kustomize", str(KUBERNETES / variant)]
    built = subprocess.run(command, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    namespaced = {(one["kind"], one["metadata"]["name"]): one for one in yaml.safe_load_all(built.stdout)}
    assert namespaced.keys() == {(manifest.kind, manifest.name) for manifest in applied(variant)}
    assert {one["metadata"].get("namespace") for one in namespaced.values() if one["kind"] != "Namespace"} == {
        "sponsored-proxy"
    }


def test_no_image_names_a_registry_and_no_secret_is_written_down() -> None:
    text = {file: file.read_text() for file in DEPLOY.rglob("*") if file.is_file() and "secrets/" not in str(file)}
    images = [
        line.split("image:")[1].strip() for lines in text.values() for line in lines.splitlines() if "image:" in line
    ]
    assert images
    assert [
        image for image in images if "." in image.split("/")[0] or (":" in image.split("/")[0] and "/" in image)
    ] == []
    assert [manifest for manifest in OURS if manifest.kind == "Secret"] == []
    assert [str(file) for file, lines in text.items() if "TSE_" in lines.replace("TSE_compose_%s", "")] == []


def test_git_ignores_the_secrets_that_are_made_up() -> None:
    assert "/deploy/secrets/" in (ROOT / ".gitignore").read_text().splitlines()
