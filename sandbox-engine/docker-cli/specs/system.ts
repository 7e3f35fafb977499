// docker system, context, plugin, and the commands of the first level that stand for themselves.
// The notation is explained in notation.ts.
export const systemSpecs = `
= system :: :: management
Manage Docker
= system df :: [OPTIONS] :: 0
Show docker disk usage
format:string %T
v,verbose Show detailed information on space usage
= system events, events :: [OPTIONS] :: 0
Get real time events from the server
f,filter:filter Filter output based on conditions provided
format:string %F
since:string Show all events created since timestamp
until:string Stream events until this timestamp
= system info, info :: [OPTIONS] :: 0
Display system-wide information
f,format:string %F
= system prune :: [OPTIONS] :: 0
Remove unused data
a,all Remove all unused images not just dangling ones
filter:filter Provide filter values (e.g. "label=<key>=<value>")
f,force Do not prompt for confirmation
volumes Prune anonymous volumes
= inspect :: [OPTIONS] NAME|ID [NAME|ID...] :: 1+
Return low-level information on Docker objects
f,format:string %F
s,size Display total file sizes if the type is container
type:string Only inspect objects of the given type
= login :: [OPTIONS] [SERVER] :: -1
Authenticate to a registry§Authenticate to a registry.¶Defaults to Docker Hub if no server is specified.
p,password:string Password or Personal Access Token (PAT)
password-stdin Take the Password or Personal Access Token (PAT) from stdin
u,username:string Username
= logout :: [SERVER] :: -1
Log out from a registry§Log out from a registry.¶If no server is specified, the default is defined by the daemon.
= version :: [OPTIONS] :: 0
Show the Docker version information
f,format:string %F
= context :: :: management
Manage contexts
= context create :: [OPTIONS] CONTEXT :: 1
Create a context¶¶Docker endpoint config:¶¶NAME                DESCRIPTION¶from                Copy named context's Docker endpoint configuration¶host                Docker endpoint on which to connect¶ca                  Trust certs signed only by this CA¶cert                Path to TLS certificate file¶key                 Path to TLS key file¶skip-tls-verify     Skip TLS certificate validation¶¶Example:¶¶$ docker context create my-context --description "some description" --docker "host=tcp://myserver:2376,ca=~/ca-file,cert=~/cert-file,key=~/key-file"
description:string Description of the context
docker:stringToString set the docker endpoint (default [])
from:string create context from a named context
= context export :: [OPTIONS] CONTEXT [FILE|-] :: 1-2
Export a context to a tar archive FILE or a tar stream on STDOUT.
= context import :: CONTEXT FILE|- :: 2
Import a context from a tar or zip file
= context inspect :: [OPTIONS] [CONTEXT] [CONTEXT...] :: 0+
Display detailed information on one or more contexts
f,format:string %F
= context ls, context list :: [OPTIONS] :: 0
List contexts
format:string %T
q,quiet Only show context names
= context rm, context remove :: CONTEXT [CONTEXT...] :: 1+
Remove one or more contexts
f,force Force the removal of a context in use
= context show ::  :: 0
Print the name of the current context
= context update :: [OPTIONS] CONTEXT :: 1
Update a context¶¶Docker endpoint config:¶¶NAME                DESCRIPTION¶from                Copy named context's Docker endpoint configuration¶host                Docker endpoint on which to connect¶ca                  Trust certs signed only by this CA¶cert                Path to TLS certificate file¶key                 Path to TLS key file¶skip-tls-verify     Skip TLS certificate validation¶¶Example:¶¶$ docker context update my-context --description "some description" --docker "host=tcp://myserver:2376,ca=~/ca-file,cert=~/cert-file,key=~/key-file"
description:string Description of the context
docker:stringToString set the docker endpoint (default [])
= context use :: CONTEXT :: 1
Set the current docker context
= plugin :: :: management
Manage plugins
= plugin create :: [OPTIONS] PLUGIN PLUGIN-DATA-DIR :: 2
Create a plugin from a rootfs and configuration. Plugin data directory must contain config.json and rootfs directory.
compress Compress the context using gzip
= plugin disable :: [OPTIONS] PLUGIN :: 1
Disable a plugin
f,force Force the disable of an active plugin
= plugin enable :: [OPTIONS] PLUGIN :: 1
Enable a plugin
timeout:int HTTP client timeout (in seconds) (default 30)
= plugin inspect :: [OPTIONS] PLUGIN [PLUGIN...] :: 1+
Display detailed information on one or more plugins
f,format:string %F
= plugin install :: [OPTIONS] PLUGIN [KEY=VALUE...] :: 1+
Install a plugin
alias:string Local name for plugin
disable Do not enable the plugin on install
disable-content-trust Skip image verification (default true)
grant-all-permissions Grant all permissions necessary to run the plugin
= plugin ls, plugin list :: [OPTIONS] :: 0
List plugins
f,filter:filter Provide filter values (e.g. "enabled=true")
format:string %T
no-trunc Don't truncate output
q,quiet Only display plugin IDs
= plugin push :: [OPTIONS] PLUGIN[:TAG] :: 1
Push a plugin to a registry
disable-content-trust Skip image signing (default true)
= plugin rm, plugin remove :: [OPTIONS] PLUGIN [PLUGIN...] :: 1+
Remove one or more plugins
f,force Force the removal of an active plugin
= plugin set :: PLUGIN KEY=VALUE [KEY=VALUE...] :: 2+
Change settings for a plugin
= plugin upgrade :: [OPTIONS] PLUGIN [REMOTE] :: 1-2
Upgrade an existing plugin
disable-content-trust Skip image verification (default true)
grant-all-permissions Grant all permissions necessary to run the plugin
skip-remote-check Do not check if specified remote plugin matches existing plugin image
= manifest :: :: management experimental
Manage Docker image manifests and manifest lists§The **docker manifest** command has subcommands for managing image manifests and¶manifest lists. A manifest list allows you to use one name to refer to the same image¶built for multiple architectures.¶¶To see help for a subcommand, use:¶¶    docker manifest CMD --help¶¶For full details on using docker manifest lists, see the registry v2 specification.
= manifest annotate :: [OPTIONS] MANIFEST_LIST MANIFEST :: 2 experimental
Add additional information to a local image manifest
arch:string Set architecture
os:string Set operating system
os-features:strings Set operating system feature
os-version:string Set operating system version
variant:string Set architecture variant
= manifest create :: MANIFEST_LIST MANIFEST [MANIFEST...] :: 2+ experimental
Create a local manifest list for annotating and pushing to a registry
a,amend Amend an existing manifest list
insecure Allow communication with an insecure registry
= manifest inspect :: [OPTIONS] [MANIFEST_LIST] MANIFEST :: 1-2 experimental
Display an image manifest, or manifest list
insecure Allow communication with an insecure registry
v,verbose Output additional info including layers and platform
= manifest push :: [OPTIONS] MANIFEST_LIST :: 1 experimental
Push a manifest list to a repository
insecure Allow push to an insecure registry
p,purge Remove the local manifest list after push
= manifest rm :: MANIFEST_LIST [MANIFEST_LIST...] :: 1+ experimental
Delete one or more manifest lists from local storage
= trust :: :: management
Manage trust on Docker images
= trust inspect :: IMAGE[:TAG] [IMAGE[:TAG]...] :: 1+
Return low-level information about keys and signatures
pretty Print the information in a human friendly format
= trust revoke :: [OPTIONS] IMAGE[:TAG] :: 1
Remove trust for an image
y,yes Do not prompt for confirmation
= trust sign :: IMAGE:TAG :: 1
Sign an image
local Sign a locally tagged image
= trust key :: :: management
Manage keys for signing Docker images
= trust signer :: :: management
Manage entities who can sign Docker images
= checkpoint ::  :: management hidden unsupported
Manage checkpoints
= checkpoint create :: [OPTIONS] CONTAINER CHECKPOINT :: 2 unsupported
Create a checkpoint from a running container
= checkpoint ls, checkpoint list :: [OPTIONS] CONTAINER :: 1 unsupported
List checkpoints for a container
= checkpoint rm, checkpoint remove :: [OPTIONS] CONTAINER CHECKPOINT :: 2 unsupported
Remove a checkpoint
`;
