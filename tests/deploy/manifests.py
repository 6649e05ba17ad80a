"""The files in deploy/ as tests see them: every document of every YAML file, and the pods in them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
KUBERNETES = DEPLOY / "kubernetes"
VARIANTS = ("with-redis", "with-disk")


@dataclass(frozen=True)
class Manifest:
    """One document: where it stands, and what it says."""

    file: Path
    said: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.file.relative_to(DEPLOY)}: {self.kind}"

    @property
    def kind(self) -> str:
        return self.said["kind"]

    @property
    def name(self) -> str:
        return self.said.get("metadata", {}).get("name", "")

    @property
    def spec(self) -> dict[str, Any]:
        return self.said["spec"]


def read(file: Path) -> list[Manifest]:
    """A file's documents."""
    return [Manifest(file, said) for said in yaml.safe_load_all(file.read_text()) if said]


def kustomization(folder: str) -> dict[str, Any]:
    return read(KUBERNETES / folder / "kustomization.yaml")[0].said


def applied(variant: str) -> list[Manifest]:
    """All that `kubectl apply -k` makes of a variant, in the order of its kustomizations."""
    found: list[Manifest] = []
    for resource in kustomization(variant)["resources"]:
        path = (KUBERNETES / variant / resource).resolve()
        if path.is_dir():
            found += [one for name in kustomization(path.name)["resources"] for one in read(path / name)]
        else:
            found += read(path)
    return found


def one(variant: str, *kinds: str, name: str = "sponsored-proxy") -> Manifest:
    """The one manifest of these kinds with this name."""
    (found,) = [manifest for manifest in applied(variant) if manifest.kind in kinds and manifest.name == name]
    return found


def pod(variant: str) -> dict[str, Any]:
    """What the proxies' pods are."""
    return one(variant, "Deployment", "StatefulSet").spec["template"]["spec"]


def container(variant: str) -> dict[str, Any]:
    (found,) = pod(variant)["containers"]
    return found


def settings() -> dict[str, str]:
    """The variables that both variants' pods share."""
    return read(KUBERNETES / "common" / "settings.yaml")[0].said["data"]


def compose() -> dict[str, Any]:
    return yaml.safe_load((DEPLOY / "compose.yaml").read_text())
