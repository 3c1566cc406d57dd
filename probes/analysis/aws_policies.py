"""AWS's managed policies that are gone, superseded, or often written with a wrong path.

A deprecated policy goes on working where it is attached, cannot be attached anew, and vanishes once
nobody holds it (IAM User Guide, "Deprecated AWS managed policies"). AWS publishes no list of them:
each entry says what it rests on. Paths and names are those of AWS's own list of 2026-09-30.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import Final

JOB: Final = "job-function/"
SERVICE: Final = "service-role/"
SERVICE_LINKED: Final = "aws-service-role/"
"""The path of the policies that only service-linked roles can hold."""


class Rests(Enum):
    """What an entry rests on."""

    PAGE = "a page of AWS says so"
    SUCCESSOR = "gone from AWS's list, in which a policy of the obvious name succeeds it"
    LISTED_GONE = "gone from AWS's list, and in public archives of deprecated policies"
    DESCRIPTION = "its description says that it is on a deprecation path"
    PUBLIC = "public archives of AWS's policies say so"
    BASELINE = "the baseline says so"
    NOT_LISTED = "AWS does not list it any more"


@dataclass(frozen=True, slots=True)
class Successor:
    """What to use instead: a policy as path and name, or words; nothing where there is none."""

    use: str
    rests: Rests

    @property
    def policy(self) -> str:
        """The path and name of a policy to use instead; nothing where it is none."""
        return "" if " " in self.use else self.use


_S = Rests.SUCCESSOR
_SUCCEEDED: Final = {
    "AWSBackupAdminPolicy": "AWSBackupFullAccess",
    "AWSBackupOperatorPolicy": "AWSBackupOperatorAccess",
    "AWSCloudTrailFullAccess": "AWSCloudTrail_FullAccess",
    "AWSCloudTrailReadOnlyAccess": "AWSCloudTrail_ReadOnlyAccess",
    "AWSCodePipelineFullAccess": "AWSCodePipeline_FullAccess",
    "AWSCodePipelineReadOnlyAccess": "AWSCodePipeline_ReadOnlyAccess",
    "AWSConfigRole": f"{SERVICE}AWS_ConfigRole",
    "AWSElasticBeanstalkFullAccess": "AdministratorAccess-AWSElasticBeanstalk",
    "AWSElasticBeanstalkReadOnlyAccess": "AWSElasticBeanstalkReadOnly",
    "AWSLambdaReadOnlyAccess": "AWSLambda_ReadOnlyAccess",
    "AWS_Config_Role": f"{SERVICE}AWS_ConfigRole",
    "AmazonConnectFullAccess": "AmazonConnect_FullAccess",
    "AmazonEC2SpotFleetRole": f"{SERVICE}AmazonEC2SpotFleetTaggingRole",
    "AmazonGuardDutyFullAccess": "AmazonGuardDutyFullAccess_v2",
    "AmazonLaunchWizardFullaccess": "AmazonLaunchWizardFullAccessV2",
    "AmazonLaunchWizard_Fullaccess": "AmazonLaunchWizardFullAccessV2",
    "AmazonMachineLearningRoleforRedshiftDataSource": (
        f"{SERVICE}AmazonMachineLearningRoleforRedshiftDataSourceV3"
    ),
    "AmazonMachineLearningRoleforRedshiftDataSourceV2": (
        f"{SERVICE}AmazonMachineLearningRoleforRedshiftDataSourceV3"
    ),
    "ServiceCatalogAdminReadOnlyAccess": "AWSServiceCatalogAdminReadOnlyAccess",
    "ServiceCatalogEndUserAccess": "AWSServiceCatalogEndUserReadOnlyAccess",
}
_WITHOUT_SUCCESSOR: Final = """
AWSBudgetsActionsRolePolicyForResourceAdministrationWithSSM AWSB9InternalServicePolicy
AWSDataPipelineRole AWSECRPullThroughCacheServiceRolePolicy AWSIoT1ClickFullAccess
AWSIoT1ClickReadOnlyAccess AWSLambdaReplicatorInternal AWSMarketplaceImageBuildFullAccess
AWSMobileHub_FullAccess AWSMobileHub_ReadOnly AWSOpsWorksCMInstanceProfileRole
AWSOpsWorksCMServiceRole AWSOpsWorksCloudWatchLogs AWSOpsWorksFullAccess
AWSOpsWorksInstanceRegistration AWSOpsWorksRegisterCLI AWSOpsWorksRegisterCLI_EC2
AWSOpsWorksRegisterCLI_OnPremises AWSOpsWorksRole AWSOpsWorks_FullAccess
AWSProtonServiceSyncServiceRolePolicy AWSRoboMakerFullAccess AWSSchemasServiceRolePolicy
AWSServiceRoleForCodeGuruProfiler AWSServiceRoleForGammaInternalAmazonEKSNodegroup
AWSServiceRoleForThorInternalDevPolicy AmazonApplicationWizardFullaccess
AmazonCloudWatchEvidentlyFullAccess AmazonCloudWatchEvidentlyReadOnlyAccess
AmazonCloudWatchEvidentlyServiceRolePolicy AmazonDataZonePortalFullAccessPolicy
AmazonDataZonePreviewConsoleFullAccess AmazonDataZoneProjectDeploymentPermissionsBoundary
AmazonDataZoneProjectRolePermissionsBoundary AmazonEC2ReportsAccess
AmazonEC2RolePolicyForApplicationWizard AmazonEverestServicePolicy
AmazonLambdaRolePolicyForLaunchWizardSAP AmazonMacieSetupRole
AmazonMechanicalTurkCrowdFullAccess AmazonMechanicalTurkCrowdReadOnlyAccess
AmazonSumerianFullAccess AmazonWorkLinkFullAccess AmazonWorkLinkReadOnly
AmazonWorkLinkServiceRolePolicy CheesepuffsServiceRolePolicy
GroundTruthSyntheticConsoleFullAccess GroundTruthSyntheticConsoleReadOnlyAccess
ServerMigrationServiceRole ServerMigration_ServiceRole TagGovernancePolicy
TagPoliciesServiceRolePolicy
"""
_PREFIXES_GONE: Final = ("AWSIotRoboRunner",)

GONE: Final[Mapping[str, Successor]] = MappingProxyType(
    {
        **{name: Successor(use, _S) for name, use in _SUCCEEDED.items()},
        **{name: Successor("", Rests.LISTED_GONE) for name in _WITHOUT_SUCCESSOR.split()},
        "AWSLambdaFullAccess": Successor("AWSLambda_FullAccess", Rests.PAGE),
        "AmazonEC2ContainerServiceFullAccess": Successor("AmazonECS_FullAccess", Rests.PAGE),
    }
)
"""By name, the policies that nobody can attach any more."""

SUPERSEDED: Final[Mapping[str, Successor]] = MappingProxyType(
    {
        "AmazonElasticMapReduceFullAccess": Successor(
            "AmazonEMRFullAccessPolicy_v2", Rests.DESCRIPTION
        ),
        "AmazonElasticMapReduceReadOnlyAccess": Successor(
            "AmazonEMRReadOnlyAccessPolicy_v2", Rests.DESCRIPTION
        ),
        f"{SERVICE}AmazonElasticMapReduceRole": Successor(
            f"{SERVICE}AmazonEMRServicePolicy_v2", Rests.DESCRIPTION
        ),
        f"{SERVICE}AWSElasticBeanstalkService": Successor(
            "AWSElasticBeanstalkManagedUpdatesCustomerRolePolicy", Rests.DESCRIPTION
        ),
        "AmazonDynamoDBFullAccesswithDataPipeline": Successor(
            "AmazonDynamoDBFullAccess", Rests.DESCRIPTION
        ),
        f"{SERVICE}AmazonEC2ContainerServiceRole": Successor(
            "the service-linked role AWSServiceRoleForECS", Rests.PAGE
        ),
        f"{SERVICE}AmazonEC2RoleforSSM": Successor("AmazonSSMManagedInstanceCore", Rests.PUBLIC),
        "CloudWatchFullAccess": Successor("CloudWatchFullAccessV2", _S),
        "AmazonInspector2FullAccess": Successor("AmazonInspector2FullAccess_v2", _S),
    }
)
"""By path and name, the policies that AWS still lists and replaces by another."""

_OF_SERVICES: Final = """
AWSAppSyncPushToCloudWatchLogs AWSBackupServiceRolePolicyForBackup AWSBatchServiceRole
AWSCodeDeployRole AWSCodeDeployRoleForCloudFormation AWSCodeDeployRoleForLambda
AWSCodeDeployRoleForLambdaLimited AWSGlueServiceRole AWSIoTLogging AWSLambdaBasicExecutionRole
AWSLambdaDynamoDBExecutionRole AWSLambdaKinesisExecutionRole AWSLambdaRole
AWSLambdaSQSQueueExecutionRole AWSLambdaVPCAccessExecutionRole AWS_ConfigRole
AmazonAPIGatewayPushToCloudWatchLogs AmazonEC2ContainerServiceforEC2Role
AmazonEC2RoleforAWSCodeDeploy AmazonEC2RoleforAWSCodeDeployLimited
AmazonECSTaskExecutionRolePolicy AmazonRDSEnhancedMonitoringRole
AmazonS3ObjectLambdaExecutionRolePolicy AmazonSSMAutomationRole AmazonSSMMaintenanceWindowRole
"""
_OF_JOBS: Final = ("Billing", "SystemAdministrator", "ViewOnlyAccess")
_WITHOUT_PATH: Final = """
AWSCodeBuildAdminAccess AWSCodeDeployRoleForECS AWSCodeDeployRoleForECSLimited
AWSStepFunctionsFullAccess AWSXRayDaemonWriteAccess AdministratorAccess
AmazonEC2ContainerRegistryPowerUser AmazonEC2ContainerRegistryPullOnly
AmazonEC2ContainerRegistryReadOnly AmazonElasticFileSystemClientReadWriteAccess
AmazonSSMManagedEC2InstanceDefaultPolicy AmazonSSMManagedInstanceCore CloudWatchAgentAdminPolicy
CloudWatchAgentServerPolicy PowerUserAccess ReadOnlyAccess SecurityAudit
"""

PATHS: Final[Mapping[str, str]] = MappingProxyType(
    {
        **dict.fromkeys(_OF_SERVICES.split(), SERVICE),
        **dict.fromkeys(_OF_JOBS, JOB),
        **dict.fromkeys(_WITHOUT_PATH.split(), ""),
    }
)
"""The paths that policies have which are often written with another, by name.

No two policies of one account have the same name, whatever their paths (IAM API model,
`CreatePolicy`), so the same name at another path is no policy.
"""


def gone(name: str) -> Successor | None:
    """What stands for a policy of a name that nobody can attach any more; None for any other."""
    if name.startswith(_PREFIXES_GONE):
        return Successor("", Rests.LISTED_GONE)
    return GONE.get(name)


def rightly(tail: str) -> str:
    """The path and name of a policy that is known to have been written with a wrong path."""
    name = tail.rpartition("/")[2]
    right = f"{PATHS[name]}{name}" if name in PATHS else tail
    return "" if right == tail else right


def tail_of(policy_arn: str) -> str:
    """The path and name in the ARN of a policy; nothing where it is none."""
    before, found, tail = policy_arn.partition(":policy/")
    return tail if found and before.count(":") == 4 else ""


def written(partition: str, tail: str) -> str:
    """The ARN of AWS's policy of a path and name."""
    return f"arn:{partition}:iam::aws:policy/{tail}"
