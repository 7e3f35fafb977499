// The Go types of what `inspect`, `info` and `version` hand to templates.
//
// Mirrors: moby api/types (container, network, image, volume, swarm, system). Differs: embedded structs are flattened; what
// is rarely asked for is left out (templates then see the JSON).
import { GoTypes } from '../../gotemplate/index.ts';

export const apiTypes = new GoTypes(`
struct
container.InspectResponse ID=Id:s Created:s Path:s Args:[s State:*container.State Image:s ResolvConfPath:s HostnamePath:s HostsPath:s LogPath:s Name:s RestartCount:i Driver:s Platform:s MountLabel:s ProcessLabel:s AppArmorProfile:s ExecIDs:[s HostConfig:*container.HostConfig SizeRw:*i SizeRootFs:*i Mounts:[container.MountPoint Config:*container.Config NetworkSettings:*container.NetworkSettings
container.State Status:s Running:b Paused:b Restarting:b OOMKilled:b Dead:b Pid:i ExitCode:i Error:s StartedAt:s FinishedAt:s Health:*container.Health
container.Health Status:s FailingStreak:i Log:[*container.HealthcheckResult
container.HealthcheckResult Start:t End:t ExitCode:i Output:s
container.Ulimit Name:s Hard:i Soft:i
container.HealthConfig Test:[s Interval:d Timeout:d StartPeriod:d StartInterval:d Retries:i
container.Config Hostname:s Domainname:s User:s AttachStdin:b AttachStdout:b AttachStderr:b ExposedPorts:{struct Tty:b OpenStdin:b StdinOnce:b Env:[s Cmd:[s Healthcheck:*container.HealthConfig ArgsEscaped:b Image:s Volumes:{struct WorkingDir:s Entrypoint:[s NetworkDisabled:b MacAddress:s OnBuild:[s Labels:{s StopSignal:s StopTimeout:*i Shell:[s
container.HostConfig Binds:[s ContainerIDFile:s LogConfig:container.LogConfig NetworkMode:s PortBindings:{[nat.PortBinding RestartPolicy:container.RestartPolicy AutoRemove:b VolumeDriver:s VolumesFrom:[s CapAdd:[s CapDrop:[s CgroupnsMode:s DNS=Dns:[s DNSOptions=DnsOptions:[s DNSSearch=DnsSearch:[s ExtraHosts:[s GroupAdd:[s IpcMode:s Links:[s OomScoreAdj:i PidMode:s Privileged:b PublishAllPorts:b ReadonlyRootfs:b SecurityOpt:[s Tmpfs:{s UTSMode:s UsernsMode:s ShmSize:i Sysctls:{s Runtime:s Memory:i NanoCPUs=NanoCpus:i CPUShares=CpuShares:i MemorySwap:i PidsLimit:*i Init:*b
container.LogConfig Type:s Config:{s
container.RestartPolicy Name:s MaximumRetryCount:i
container.MountPoint Type:s Name:s Source:s Destination:s Driver:s Mode:s RW:b Propagation:s
container.NetworkSettings Bridge:s SandboxID:s SandboxKey:s Ports:{[nat.PortBinding HairpinMode:b LinkLocalIPv6Address:s LinkLocalIPv6PrefixLen:i SecondaryIPAddresses:[a SecondaryIPv6Addresses:[a EndpointID:s Gateway:s GlobalIPv6Address:s GlobalIPv6PrefixLen:i IPAddress:s IPPrefixLen:i IPv6Gateway:s MacAddress:s Networks:{*network.EndpointSettings
nat.PortBinding HostIP=HostIp:s HostPort:s
network.EndpointSettings IPAMConfig:*network.EndpointIPAMConfig Links:[s Aliases:[s MacAddress:s DriverOpts:{s GwPriority:i NetworkID:s EndpointID:s Gateway:s IPAddress:s IPPrefixLen:i IPv6Gateway:s GlobalIPv6Address:s GlobalIPv6PrefixLen:i DNSNames:[s
network.EndpointIPAMConfig IPv4Address:s IPv6Address:s LinkLocalIPs:[s
network.Inspect Name:s ID=Id:s Created:t Scope:s Driver:s EnableIPv4:b EnableIPv6:b IPAM:network.IPAM Internal:b Attachable:b Ingress:b ConfigFrom:network.ConfigReference ConfigOnly:b Containers:{network.EndpointResource Options:{s Labels:{s Peers:[network.PeerInfo Services:{network.ServiceInfo
network.IPAM Driver:s Options:{s Config:[network.IPAMConfig
network.IPAMConfig Subnet:s IPRange:s Gateway:s AuxAddress=AuxiliaryAddresses:{s
network.ConfigReference Network:s
network.EndpointResource Name:s EndpointID:s MacAddress:s IPv4Address:s IPv6Address:s
network.PeerInfo Name:s IP:s
network.ServiceInfo VIP:s Ports:[s LocalLBIndex:i Tasks:[network.Task
network.Task Name:s EndpointID:s EndpointIP:s Info:{s
image.InspectResponse ID=Id:s RepoTags:[s RepoDigests:[s Parent:s Comment:s Created:s DockerVersion:s Author:s Config:*container.Config Architecture:s Variant:s Os:s OsVersion:s Size:i VirtualSize:i RootFS:image.RootFS Metadata:image.Metadata
image.RootFS Type:s Layers:[s
image.Metadata LastTagTime:t
volume.Volume CreatedAt:s Driver:s Labels:{s Mountpoint:s Name:s Options:{s Scope:s
swarm.Version Index:u
swarm.Service ID:s Version:swarm.Version CreatedAt:t UpdatedAt:t Spec:swarm.ServiceSpec PreviousSpec:*swarm.ServiceSpec Endpoint:swarm.Endpoint UpdateStatus:*swarm.UpdateStatus ServiceStatus:*swarm.ServiceStatus JobStatus:*swarm.JobStatus
swarm.ServiceSpec Name:s Labels:{s TaskTemplate:swarm.TaskSpec Mode:swarm.ServiceMode UpdateConfig:*swarm.UpdateConfig RollbackConfig:*swarm.UpdateConfig Networks:[swarm.NetworkAttachmentConfig EndpointSpec:*swarm.EndpointSpec
swarm.TaskSpec ContainerSpec:*swarm.ContainerSpec Resources:*swarm.ResourceRequirements RestartPolicy:*swarm.RestartPolicy Placement:*swarm.Placement Networks:[swarm.NetworkAttachmentConfig LogDriver:*swarm.Driver ForceUpdate:u Runtime:s
swarm.ContainerSpec Image:s Labels:{s Command:[s Args:[s Hostname:s Env:[s Dir:s User:s Groups:[s Privileges:*swarm.Privileges Init:*b StopSignal:s TTY:b OpenStdin:b ReadOnly:b Mounts:[mount.Mount StopGracePeriod:*d Healthcheck:*container.HealthConfig Hosts:[s DNSConfig:*swarm.DNSConfig Secrets:[*swarm.SecretReference Configs:[*swarm.ConfigReference Isolation:s Sysctls:{s CapabilityAdd:[s CapabilityDrop:[s Ulimits:[*container.Ulimit OomScoreAdj:i
swarm.Privileges CredentialSpec:a SELinuxContext:a NoNewPrivileges:b
swarm.DNSConfig Nameservers:[s Search:[s Options:[s
swarm.SecretReference File:*swarm.File SecretID:s SecretName:s
swarm.ConfigReference File:*swarm.File ConfigID:s ConfigName:s
swarm.File Name:s UID:s GID:s Mode:u
mount.Mount Type:s Source:s Target:s ReadOnly:b Consistency:s BindOptions:a VolumeOptions:a TmpfsOptions:a
swarm.ResourceRequirements Limits:*swarm.Limit Reservations:*swarm.Resources
swarm.Limit NanoCPUs:i MemoryBytes:i Pids:i
swarm.Resources NanoCPUs:i MemoryBytes:i GenericResources:[a
swarm.RestartPolicy Condition:s Delay:*d MaxAttempts:*u Window:*d
swarm.Placement Constraints:[s Preferences:[swarm.PlacementPreference MaxReplicas:u Platforms:[swarm.Platform
swarm.PlacementPreference Spread:*swarm.SpreadOver
swarm.SpreadOver SpreadDescriptor:s
swarm.Platform Architecture:s OS:s
swarm.NetworkAttachmentConfig Target:s Aliases:[s DriverOpts:{s
swarm.Driver Name:s Options:{s
swarm.ServiceMode Replicated:*swarm.ReplicatedService Global:*swarm.GlobalService ReplicatedJob:*swarm.ReplicatedJob GlobalJob:*swarm.GlobalJob
swarm.ReplicatedService Replicas:*u
swarm.GlobalService
swarm.ReplicatedJob MaxConcurrent:*u TotalCompletions:*u
swarm.GlobalJob
swarm.UpdateConfig Parallelism:u Delay:d FailureAction:s Monitor:d MaxFailureRatio:f Order:s
swarm.EndpointSpec Mode:s Ports:[swarm.PortConfig
swarm.PortConfig Name:s Protocol:s TargetPort:u PublishedPort:u PublishMode:s
swarm.Endpoint Spec:swarm.EndpointSpec Ports:[swarm.PortConfig VirtualIPs:[swarm.EndpointVirtualIP
swarm.EndpointVirtualIP NetworkID:s Addr:s
swarm.UpdateStatus State:s StartedAt:*t CompletedAt:*t Message:s
swarm.ServiceStatus RunningTasks:u DesiredTasks:u CompletedTasks:u
swarm.JobStatus JobIteration:swarm.Version LastExecution:t
swarm.Node ID:s Version:swarm.Version CreatedAt:t UpdatedAt:t Spec:swarm.NodeSpec Description:swarm.NodeDescription Status:swarm.NodeStatus ManagerStatus:*swarm.ManagerStatus
swarm.NodeSpec Name:s Labels:{s Role:s Availability:s
swarm.NodeDescription Hostname:s Platform:swarm.Platform Resources:swarm.Resources Engine:swarm.EngineDescription TLSInfo:swarm.TLSInfo
swarm.EngineDescription EngineVersion:s Labels:{s Plugins:[swarm.PluginDescription
swarm.PluginDescription Type:s Name:s
swarm.TLSInfo TrustRoot:s CertIssuerSubject:s CertIssuerPublicKey:s
swarm.NodeStatus State:s Message:s Addr:s
swarm.ManagerStatus Leader:b Reachability:s Addr:s
swarm.Task ID:s Version:swarm.Version CreatedAt:t UpdatedAt:t Name:s Labels:{s Spec:swarm.TaskSpec ServiceID:s Slot:i NodeID:s Status:swarm.TaskStatus DesiredState:s NetworksAttachments:[swarm.NetworkAttachment GenericResources:[a
swarm.TaskStatus Timestamp:t State:s Message:s Err:s ContainerStatus:*swarm.ContainerStatus PortStatus:swarm.PortStatus
swarm.ContainerStatus ContainerID:s PID:i ExitCode:i
swarm.PortStatus Ports:[swarm.PortConfig
swarm.NetworkAttachment Network:swarm.Network Addresses:[s
swarm.Network ID:s Version:swarm.Version CreatedAt:t UpdatedAt:t Spec:swarm.NetworkSpec DriverState:swarm.Driver IPAMOptions:*swarm.IPAMOptions
swarm.NetworkSpec Name:s Labels:{s DriverConfiguration:*swarm.Driver IPv6Enabled:b Internal:b Attachable:b Ingress:b IPAMOptions:*swarm.IPAMOptions Scope:s
swarm.IPAMOptions Driver:swarm.Driver Configs:[swarm.IPAMConfig
swarm.IPAMConfig Subnet:s Range:s Gateway:s
swarm.Secret ID:s Version:swarm.Version CreatedAt:t UpdatedAt:t Spec:swarm.SecretSpec
swarm.SecretSpec Name:s Labels:{s Driver:*swarm.Driver Templating:*swarm.Driver
swarm.Config ID:s Version:swarm.Version CreatedAt:t UpdatedAt:t Spec:swarm.ConfigSpec
swarm.ConfigSpec Name:s Labels:{s Data:a Templating:*swarm.Driver
swarm.Info NodeID:s NodeAddr:s LocalNodeState:s ControlAvailable:b Error:s RemoteManagers:[swarm.Peer Nodes:i Managers:i Cluster:*swarm.ClusterInfo Warnings:[s
swarm.Peer NodeID:s Addr:s
swarm.ClusterInfo ID:s Version:swarm.Version CreatedAt:t UpdatedAt:t Spec:a TLSInfo:swarm.TLSInfo RootRotationInProgress:b DefaultAddrPool:[s SubnetSize:u DataPathPort:u
events.Message Status=status:s ID=id:s From=from:s Type:s Action:s Actor:events.Actor Scope=scope:s Time=time:i TimeNano=timeNano:i
events.Actor ID:s Attributes:{s
system.PluginsInfo Volume:[s Network:[s Authorization:[s Log:[s
system.dockerInfo ID:s Containers:i ContainersRunning:i ContainersPaused:i ContainersStopped:i Images:i Driver:s DriverStatus:[[s Plugins:system.PluginsInfo MemoryLimit:b SwapLimit:b CPUShares:b CPUSet:b PidsLimit:b IPv4Forwarding:b Debug:b NFd:i OomKillDisable:b NGoroutines:i SystemTime:s LoggingDriver:s CgroupDriver:s CgroupVersion:s NEventsListener:i KernelVersion:s OperatingSystem:s OSVersion:s OSType:s Architecture:s IndexServerAddress:s RegistryConfig:a NCPU:i MemTotal:i GenericResources:[a DockerRootDir:s HTTPProxy=HttpProxy:s HTTPSProxy=HttpsProxy:s NoProxy:s Name:s Labels:[s ExperimentalBuild:b ServerVersion:s Runtimes:a DefaultRuntime:s Swarm:swarm.Info LiveRestoreEnabled:b Isolation:s InitBinary:s ContainerdCommit:a RuncCommit:a InitCommit:a SecurityOptions:[s Warnings:[s ClientInfo:a
system.versionInfo Client:system.clientVersion Server:*types.Version
system.clientVersion Version:s APIVersion=ApiVersion:s DefaultAPIVersion:s GitCommit:s GoVersion:s Os:s Arch:s BuildTime:s Context:s
types.Version Platform:a Components:[types.ComponentVersion Version:s APIVersion=ApiVersion:s MinAPIVersion:s GitCommit:s GoVersion:s Os:s Arch:s KernelVersion:s Experimental:b BuildTime:s
types.ComponentVersion Name:s Version:s Details:{s
`);
