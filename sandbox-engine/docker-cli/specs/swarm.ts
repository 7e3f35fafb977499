// docker swarm, node, stack, secret and config.
// The notation is explained in notation.ts.
export const swarmSpecs = `
= swarm :: :: swarm
Manage Swarm
= swarm ca :: [OPTIONS] :: 0 manager
Display and rotate the root CA
ca-cert:pem-file Path to the PEM-formatted root CA certificate to use for the new cluster
ca-key:pem-file Path to the PEM-formatted root CA key to use for the new cluster
cert-expiry:duration Validity period for node certificates (ns|us|ms|s|m|h) (default 2160h0m0s)
d,detach Exit immediately instead of waiting for the root rotation to converge
external-ca:external-ca Specifications of one or more certificate signing endpoints
q,quiet Suppress progress output
rotate Rotate the swarm CA - if no certificate or key are provided, new ones will be generated
= swarm init :: [OPTIONS] :: 0
Initialize a swarm
advertise-addr:string Advertised address (format: "<ip|interface>[:port]")
autolock Enable manager autolocking (requiring an unlock key to start a stopped manager)
availability:string Availability of the node ("active", "pause", "drain") (default "active")
cert-expiry:duration Validity period for node certificates (ns|us|ms|s|m|h) (default 2160h0m0s)
data-path-addr:string Address or interface to use for data path traffic (format: "<ip|interface>")
data-path-port:uint32 Port number to use for data path traffic (1024 - 49151). If no value is set or is set to 0, the default port (4789) is used.
default-addr-pool:ipNetSlice default address pool in CIDR format (default [])
default-addr-pool-mask-length:uint32 default address pool subnet mask length (default 24)
dispatcher-heartbeat:duration Dispatcher heartbeat period (ns|us|ms|s|m|h) (default 5s)
external-ca:external-ca Specifications of one or more certificate signing endpoints
force-new-cluster Force create a new cluster from current state
listen-addr:node-addr Listen address (format: "<ip|interface>[:port]") (default 0.0.0.0:2377)
max-snapshots:uint Number of additional Raft snapshots to retain
snapshot-interval:uint Number of log entries between Raft snapshots (default 10000)
task-history-limit:int Task history retention limit (default 5)
= swarm join :: [OPTIONS] HOST:PORT :: 1
Join a swarm as a node and/or manager
advertise-addr:string Advertised address (format: "<ip|interface>[:port]")
availability:string Availability of the node ("active", "pause", "drain") (default "active")
data-path-addr:string Address or interface to use for data path traffic (format: "<ip|interface>")
listen-addr:node-addr Listen address (format: "<ip|interface>[:port]") (default 0.0.0.0:2377)
token:string Token for entry into the swarm
= swarm join-token :: [OPTIONS] (worker|manager) :: 1 manager
Manage join tokens
q,quiet Only display token
rotate Rotate join token
= swarm leave :: [OPTIONS] :: 0 active
Leave the swarm
f,force Force this node to leave the swarm, ignoring warnings
= swarm unlock ::  :: 0 active
Unlock swarm
= swarm unlock-key :: [OPTIONS] :: 0 manager
Manage the unlock key
q,quiet Only display token
rotate Rotate unlock key
= swarm update :: [OPTIONS] :: 0 manager
Update the swarm
autolock Change manager autolocking setting (true|false)
cert-expiry:duration Validity period for node certificates (ns|us|ms|s|m|h) (default 2160h0m0s)
dispatcher-heartbeat:duration Dispatcher heartbeat period (ns|us|ms|s|m|h) (default 5s)
external-ca:external-ca Specifications of one or more certificate signing endpoints
max-snapshots:uint Number of additional Raft snapshots to retain
snapshot-interval:uint Number of log entries between Raft snapshots (default 10000)
task-history-limit:int Task history retention limit (default 5)
= node :: :: swarm manager
Manage Swarm nodes
= node demote :: NODE [NODE...] :: 1+
Demote one or more nodes from manager in the swarm
= node inspect :: [OPTIONS] self|NODE [NODE...] :: 1+
Display detailed information on one or more nodes
f,format:string %F
pretty Print the information in a human friendly format
= node ls, node list :: [OPTIONS] :: 0
List nodes in the swarm
f,filter:filter Filter output based on conditions provided
format:string %T
q,quiet Only display IDs
= node promote :: NODE [NODE...] :: 1+
Promote one or more nodes to manager in the swarm
= node ps :: [OPTIONS] [NODE...] :: 0+
List tasks running on one or more nodes, defaults to current node
f,filter:filter Filter output based on conditions provided
format:string Pretty-print tasks using a Go template
no-resolve Do not map IDs to Names
no-trunc Do not truncate output
q,quiet Only display task IDs
= node rm, node remove :: [OPTIONS] NODE [NODE...] :: 1+
Remove one or more nodes from the swarm
f,force Force remove a node from the swarm
= node update :: [OPTIONS] NODE :: 1
Update a node
availability:string Availability of the node ("active", "pause", "drain")
label-add:list Add or update a node label ("key=value")
label-rm:list Remove a node label if exists
role:string Role of the node ("worker", "manager")
= stack :: :: swarm manager
Manage Swarm stacks
= stack config :: [OPTIONS] :: 0
Outputs the final config file, after doing merges and interpolations
c,compose-file:strings Path to a Compose file, or "-" to read from stdin
skip-interpolation Skip interpolation and output only merged config
= stack deploy, stack up :: [OPTIONS] STACK :: 1
Deploy a new stack or update an existing stack
c,compose-file:strings Path to a Compose file, or "-" to read from stdin
d,detach Exit immediately instead of waiting for the stack services to converge (default true)
prune Prune services that are no longer referenced
q,quiet Suppress progress output
resolve-image:string Query the registry to resolve image digest and supported platforms ("always", "changed", "never") (default "always")
with-registry-auth Send registry authentication details to Swarm agents
= stack ls, stack list :: [OPTIONS] :: 0
List stacks
format:string %T
= stack ps :: [OPTIONS] STACK :: 1
List the tasks in the stack
f,filter:filter Filter output based on conditions provided
format:string %T
no-resolve Do not map IDs to Names
no-trunc Do not truncate output
q,quiet Only display task IDs
= stack rm, stack remove, stack down :: [OPTIONS] STACK [STACK...] :: 1+
Remove one or more stacks
d,detach Do not wait for stack removal (default true)
= stack services :: [OPTIONS] STACK :: 1
List the services in the stack
f,filter:filter Filter output based on conditions provided
format:string %T
q,quiet Only display IDs
= secret :: :: swarm manager
Manage Swarm secrets
= secret create :: [OPTIONS] SECRET [file|-] :: 1-2
Create a secret from a file or STDIN as content
d,driver:string Secret driver
l,label:list Secret labels
template-driver:string Template driver
= secret inspect :: [OPTIONS] SECRET [SECRET...] :: 1+
Display detailed information on one or more secrets
f,format:string %F
pretty Print the information in a human friendly format
= secret ls, secret list :: [OPTIONS] :: 0
List secrets
f,filter:filter Filter output based on conditions provided
format:string %T
q,quiet Only display IDs
= secret rm, secret remove :: SECRET [SECRET...] :: 1+
Remove one or more secrets
= config :: :: swarm manager
Manage Swarm configs
= config create :: [OPTIONS] CONFIG file|- :: 2
Create a config from a file or STDIN
l,label:list Config labels
template-driver:string Template driver
= config inspect :: [OPTIONS] CONFIG [CONFIG...] :: 1+
Display detailed information on one or more configs
f,format:string %F
pretty Print the information in a human friendly format
= config ls, config list :: [OPTIONS] :: 0
List configs
f,filter:filter Filter output based on conditions provided
format:string %T
q,quiet Only display IDs
= config rm, config remove :: CONFIG [CONFIG...] :: 1+
Remove one or more configs
`;
