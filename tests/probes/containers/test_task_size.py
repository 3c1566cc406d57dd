import boto3
import pytest

from probes.aws import ecs, ecs_running, ecs_tasks
from probes.containers.task_size import TaskSize
from tests.kit import Case, audit, check_case, findings_of, verdicts
from tests.probes.containers import made
from tests.probes.containers.made import container, definition, running

PROBE = TaskSize()
EC2 = {"launchType": "EC2", "platformFamily": ""}
STOPPED = ecs_running.STOPPED
SMALL = definition(cpu="256", memory="512")
WINDOWS = {"operatingSystemFamily": "WINDOWS_SERVER_2022_CORE"}


def on_instances(*containers, **more):
    task = definition(*containers, requiresCompatibilities=["EC2"], cpu="", memory="", **more)
    return running(task, **EC2)


def stopped(reason, group="service:web"):
    sent = {"containers": [{"name": "web", "reason": reason}], "lastStatus": "STOPPED"}
    return made.tasks(STOPPED, sent, group=group)


OOM = "OutOfMemoryError: Container killed due to memory usage"
KILLED = running(SMALL) | stopped(OOM)

CASES = [
    Case("large enough", running(), "pass"),
    Case(
        "too small",
        running(SMALL),
        "drift",
        "too-small",
        severity="low",
        expected={"cpu": 512, "memory": 1024},
        found={"cpu": 256, "memory": 512},
        survives=(STOPPED,),
    ),
    Case(
        "too little memory",
        running(definition(memory="512", cpu=".5 vCPU")),
        "drift",
        "too-small",
        found={"memory": 512},
        survives=(STOPPED,),
    ),
    Case(
        "in the words of a registration", running(definition(cpu=".5 vCPU", memory="1 GB")), "pass"
    ),
    Case("killed for memory", KILLED, "drift", "too-small", severity="medium", survives=(STOPPED,)),
    Case(
        "killed, of another service",
        running(SMALL) | stopped(OOM, "service:other"),
        "drift",
        severity="low",
        survives=(STOPPED,),
    ),
    Case(
        "stopped by its deployment",
        running(SMALL) | stopped("Scaling activity initiated"),
        "drift",
        severity="low",
        survives=(STOPPED,),
    ),
    Case(
        "the baseline asks for less",
        running(SMALL),
        "pass",
        settings={"min_cpu_units": 256, "min_memory_mib": 512},
    ),
    Case("left alone by name", running(SMALL), "not_applicable", settings={"exempt": ["we*"]}),
    Case(
        "left alone by tag",
        running(SMALL, tags=[{"key": "Kind", "value": "ops"}]),
        "not_applicable",
        "exempt",
        settings={"exempt": ["Kind=ops"]},
    ),
    Case("being deleted", running(SMALL, status="DRAINING"), "not_applicable", "inactive"),
    Case(
        "the revision in use counts",
        running(definition(arn=made.OLD_TASK, cpu="256"), taskDefinition=made.OLD_TASK),
        "drift",
        found={"cpu": 256},
        survives=(STOPPED,),
    ),
    Case(
        "a task set with a small task",
        running(
            definition(),
            definition(arn=made.OLD_TASK, cpu="256"),
            taskSets=[{"taskSetArn": "a", "status": "ACTIVE", "taskDefinition": made.OLD_TASK}],
        ),
        "drift",
        "too-small",
        survives=(STOPPED,),
    ),
    Case(
        "a task set that is going",
        running(
            definition(),
            taskSets=[{"taskSetArn": "a", "status": "DRAINING", "taskDefinition": made.OLD_TASK}],
        ),
        "pass",
    ),
    Case("not shown", made.UNSHOWN, "unknown", "unshown"),
    Case("a size that cannot be read", running(definition(cpu="many")), "unknown", says="size"),
    Case(
        "one size small, the other not readable",
        running(definition(cpu="many", memory="512")),
        "drift",
        found={"memory": 512},
        survives=(STOPPED,),
    ),
    Case(
        "containers on instances are added up",
        on_instances(container(cpu=256, memory=512), container("log", cpu=256, memory=512)),
        "pass",
    ),
    Case(
        "too small together",
        on_instances(container(cpu=128, memory=512), container("log", cpu=128, memory=256)),
        "drift",
        found={"cpu": 256, "memory": 768},
        survives=(STOPPED,),
    ),
    Case(
        "a reservation stands for a limit",
        on_instances(container(cpu=1024, memoryReservation=2048)),
        "pass",
    ),
    Case(
        "idle CPU for all",
        on_instances(container(memory=2048)),
        "pass",
        says="may use all CPU",
    ),
    Case(
        "Windows on instances ignores the size of the task",
        running(
            definition(
                container(cpu=2048, memory=4096),
                cpu="256",
                memory="512",
                requiresCompatibilities=["EC2"],
                runtimePlatform=WINDOWS,
            ),
            **EC2,
        ),
        "pass",
    ),
    Case(
        "Windows on Fargate does not",
        running(definition(cpu="256", memory="512", runtimePlatform=WINDOWS)),
        "drift",
        survives=(STOPPED,),
    ),
    Case(
        "by what the task is made for",
        running(SMALL, launchType="", platformFamily=""),
        "drift",
        survives=(STOPPED,),
    ),
    Case(
        "by capacity providers",
        running(
            SMALL,
            launchType="",
            platformFamily="",
            capacityProviderStrategy=[{"capacityProvider": "FARGATE_SPOT", "weight": 1}],
        ),
        "drift",
        survives=(STOPPED,),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case):
    check_case(PROBE, case)


def fragment(answers, **settings):
    (finding,) = findings_of(PROBE, Case("x", answers, "drift", settings=settings))
    return finding.fix.cloudformation


def test_the_fix_is_a_pair_that_fargate_offers():
    assert "Cpu: '512'" in fragment(running(SMALL))
    assert "Memory: '1024'" in fragment(running(SMALL))
    windows = running(definition(cpu="256", memory="512", runtimePlatform=WINDOWS))
    assert "Cpu: '1024'" in fragment(windows)
    assert "Memory: '2048'" in fragment(windows)


def test_there_is_no_template_for_what_fargate_does_not_offer():
    assert not fragment(running(SMALL), min_memory_mib=900_000)


def test_on_an_account(aws):
    client = boto3.client("ecs", "us-east-1")
    client.create_cluster(clusterName="shop")
    for name, cpu, memory in (("small", "256", "512"), ("large", "512", "1024")):
        client.register_task_definition(
            family=name,
            networkMode="awsvpc",
            requiresCompatibilities=["FARGATE"],
            cpu=cpu,
            memory=memory,
            containerDefinitions=[{"name": "web", "image": "redis"}],
        )
        client.create_service(cluster="shop", serviceName=name, taskDefinition=name, desiredCount=0)
    assert verdicts(audit(TaskSize)) == {"small": "drift", "large": "pass"}


def test_what_is_asked_is_what_is_read():
    assert set(PROBE.needs) == {ecs_tasks.TASK_DEFINITIONS, STOPPED}
    assert PROBE.subject is ecs.SERVICES
