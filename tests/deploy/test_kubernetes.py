"""The pods in deploy/kubernetes: locked in, probed where the proxy answers, given time to end, fed by live mounts."""

import re

import pytest

from proxy.server import units
from tests.deploy.manifests import DEPLOY, VARIANTS, applied, container, one, pod, settings

BOTH = pytest.mark.parametrize("variant", VARIANTS)
TOLD = settings()


def port_of(variable: str) -> int:
    return units.address(TOLD[variable]).port


@BOTH
def test_a_pod_has_time_to_end_what_is_under_way(variant: str) -> None:
    drain = units.duration(TOLD["SPONSORED_PROXY_DRAIN_LAG"]) + units.duration(TOLD["SPONSORED_PROXY_DRAIN"])
    assert pod(variant)["terminationGracePeriodSeconds"] >= drain + 5


@BOTH
def test_a_pod_that_drains_is_known_to_before_it_takes_no_more(variant: str) -> None:
    probe = container(variant)["readinessProbe"]
    noticed = (probe["failureThreshold"] + 1) * probe["periodSeconds"] + probe["timeoutSeconds"]
    assert units.duration(TOLD["SPONSORED_PROXY_DRAIN_LAG"]) > noticed


@BOTH
def test_probes_ask_where_the_admin_address_listens(variant: str) -> None:
    assert not units.address(TOLD["SPONSORED_PROXY_ADMIN"]).is_loopback, "kubelets come from outside"
    ports = {port["name"]: port["containerPort"] for port in container(variant)["ports"]}
    assert ports == {"http": port_of("SPONSORED_PROXY_LISTEN"), "admin": port_of("SPONSORED_PROXY_ADMIN")}
    asked = {name: container(variant)[f"{name}Probe"]["httpGet"] for name in ("startup", "liveness", "readiness")}
    assert asked == {
        "startup": {"path": "/readyz", "port": "admin"},
        "liveness": {"path": "/healthz", "port": "admin"},
        "readiness": {"path": "/readyz", "port": "admin"},
    }


@BOTH
def test_the_admin_address_is_not_for_shoppers_and_has_its_token_from_a_secret(variant: str) -> None:
    assert [port["targetPort"] for port in one(variant, "Service").spec["ports"]] == ["http"]
    (token,) = [said for said in container(variant)["env"] if said["name"] == "SPONSORED_PROXY_ADMIN_TOKEN"]
    assert token["valueFrom"]["secretKeyRef"]["name"] == "sponsored-proxy-admin"


@BOTH
def test_a_pod_is_locked_in(variant: str) -> None:
    of_pod, of_container = pod(variant)["securityContext"], container(variant)["securityContext"]
    assert of_pod["runAsNonRoot"]
    assert of_pod["seccompProfile"] == {"type": "RuntimeDefault"}
    user = re.search(r"^USER (\d+):(\d+)$", (DEPLOY.parent / "Dockerfile").read_text(), re.M)
    assert user
    assert (of_pod["runAsUser"], of_pod["runAsGroup"]) == (int(user[1]), int(user[2]))
    assert of_pod["fsGroup"] == int(user[2]), "the volume and the Secret are readable to the group"
    assert of_container == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert pod(variant)["automountServiceAccountToken"] is False


@BOTH
def test_no_service_of_kubernetes_sets_a_variable_of_ours(variant: str) -> None:
    assert pod(variant)["enableServiceLinks"] is False


@BOTH
def test_rules_and_key_are_mounted_as_folders_so_that_edits_arrive(variant: str) -> None:
    mounts = {mount["name"]: mount for mount in container(variant)["volumeMounts"]}
    assert mounts["rules"]["mountPath"] == TOLD["SPONSORED_PROXY_RULES"]
    assert TOLD["SPONSORED_PROXY_ADS_KEY_FILE"] == f"{mounts['ads-key']['mountPath']}/ads-key"
    assert mounts["data"]["mountPath"] == TOLD["SPONSORED_PROXY_DATA"]
    assert [mount for mount in mounts.values() if "subPath" in mount] == []
    assert {name for name, mount in mounts.items() if not mount.get("readOnly")} == {"data"}


@BOTH
def test_every_secret_that_is_used_is_made_by_a_command_of_the_page(variant: str) -> None:
    page = (DEPLOY / "README.md").read_text()
    said = [variable["valueFrom"]["secretKeyRef"] for variable in container(variant)["env"]]
    used = {(one["name"], one["key"]) for one in said}
    used |= {(volume["secret"]["secretName"], "ads-key") for volume in pod(variant)["volumes"] if "secret" in volume}
    made = set(re.findall(r"create secret generic (\S+) --from-(?:file|literal)=([\w-]+)=", page))
    assert used <= made


@BOTH
def test_a_worker_has_a_core_and_memory_has_a_limit(variant: str) -> None:
    resources = container(variant)["resources"]
    assert resources["requests"]["cpu"] == TOLD["SPONSORED_PROXY_WORKERS"]
    assert "memory" in resources["limits"]
    assert "cpu" not in resources["limits"]


@BOTH
def test_pods_spread_over_zones_and_machines(variant: str) -> None:
    spread = {rule["topologyKey"] for rule in pod(variant)["topologySpreadConstraints"]}
    assert spread == {"topology.kubernetes.io/zone", "kubernetes.io/hostname"}


@BOTH
def test_everything_that_selects_selects_the_pods(variant: str) -> None:
    labels = one(variant, "Deployment", "StatefulSet").spec["template"]["metadata"]["labels"]
    selectors = [
        *[
            manifest.spec["selector"]["matchLabels"]
            for manifest in applied(variant)
            if manifest.kind in WITH_A_SELECTOR
        ],
        one(variant, "Service").spec["selector"],
        *[
            manifest.spec["podSelector"]["matchLabels"]
            for manifest in applied(variant)
            if manifest.kind == "NetworkPolicy"
        ],
        *[rule["labelSelector"]["matchLabels"] for rule in pod(variant)["topologySpreadConstraints"]],
    ]
    assert [selector for selector in selectors if selector != labels] == []


WITH_A_SELECTOR = ("Deployment", "StatefulSet", "PodDisruptionBudget")


@BOTH
def test_who_may_come_in_comes_to_the_ports_that_there_are(variant: str) -> None:
    ingress = one(variant, "NetworkPolicy").spec["ingress"]
    ports = [port["port"] for rule in ingress for port in rule["ports"]]
    assert ports == [port_of("SPONSORED_PROXY_LISTEN"), port_of("SPONSORED_PROXY_ADMIN")]
    assert [rule for rule in ingress if not rule.get("from")] == [], "nobody comes in unnamed"


@BOTH
def test_who_may_be_asked_is_named_and_the_clouds_metadata_is_not_among_them(variant: str) -> None:
    rules = [
        rule for manifest in applied(variant) if manifest.kind == "NetworkPolicy" for rule in manifest.spec["egress"]
    ]
    asked = [port["port"] for rule in rules for port in rule["ports"]]
    assert sorted(set(asked)) == sorted({53, 443, 8080} | ({6379} if variant == "with-redis" else set()))
    blocks = [peer["ipBlock"] for rule in rules for peer in rule["to"] if "ipBlock" in peer]
    assert "169.254.0.0/16" in blocks[0]["except"]


def test_both_variants_run_the_same_pod_but_for_the_home_of_events() -> None:
    def without_home(variant: str) -> dict:
        volumes = [volume for volume in pod(variant)["volumes"] if volume["name"] != "data"]
        env = [said for said in container(variant)["env"] if said["name"] != "SPONSORED_PROXY_REDIS"]
        return {**pod(variant), "volumes": volumes, "containers": [{**container(variant), "env": env}]}

    assert without_home("with-redis") == without_home("with-disk")


def test_the_autoscaler_moves_the_deployment_and_nothing_else_says_how_many() -> None:
    scaler = one("with-redis", "HorizontalPodAutoscaler").spec
    assert scaler["scaleTargetRef"] == {"apiVersion": "apps/v1", "kind": "Deployment", "name": "sponsored-proxy"}
    assert "replicas" not in one("with-redis", "Deployment").spec
    assert [manifest for manifest in applied("with-disk") if manifest.kind == "HorizontalPodAutoscaler"] == []


def test_a_disk_is_one_pods_own_and_holds_the_whole_outbox() -> None:
    (claim,) = one("with-disk", "StatefulSet").spec["volumeClaimTemplates"]
    assert claim["metadata"]["name"] == "data"
    assert claim["spec"]["accessModes"] == ["ReadWriteOncePod"]
    assert claim["spec"]["resources"]["requests"]["storage"] == "10Gi"
    assert one("with-disk", "StatefulSet").spec["persistentVolumeClaimRetentionPolicy"]["whenScaled"] == "Retain"
