// What the plugins buildx and compose add, as their help shows it: they themselves are not simulated.
// The notation is explained in notation.ts.
export const pluginSpecs = `
= bake :: [OPTIONS] [TARGET...] :: 0+
Build from a file
= buildx ::  :: management buildx plugin
Docker Buildx§Extended build capabilities with BuildKit
builder:string Override the configured builder instance
D,debug Enable debug logging
= buildx history ::  :: management
Commands to work on build records
= buildx imagetools ::  :: management
Commands to work on images in registry
= buildx bake :: [OPTIONS] :: 0+
Build from a file
= buildx create :: [OPTIONS] :: 0+
Create a new builder instance
= buildx dial-stdio :: [OPTIONS] :: 0+
Proxy current stdio streams to builder instance
= buildx du :: [OPTIONS] :: 0+
Disk usage
= buildx inspect :: [OPTIONS] :: 0+
Inspect current builder instance
= buildx ls :: [OPTIONS] :: 0+
List builder instances
= buildx prune :: [OPTIONS] :: 0+
Remove build cache
= buildx rm :: [OPTIONS] :: 0+
Remove one or more builder instances
= buildx stop :: [OPTIONS] :: 0+
Stop builder instance
= buildx use :: [OPTIONS] :: 0+
Set the current builder instance
= buildx version :: [OPTIONS] :: 0+
Show buildx version information
= builder :: =docker buildx :: management buildx
Manage builds§Extended build capabilities with BuildKit
builder:string Override the configured builder instance (default "default")
D,debug Enable debug logging
= builder history ::  :: management
Commands to work on build records
= builder imagetools ::  :: management
Commands to work on images in registry
= builder bake :: [OPTIONS] :: 0+
Build from a file
= builder create :: [OPTIONS] :: 0+
Create a new builder instance
= builder dial-stdio :: [OPTIONS] :: 0+
Proxy current stdio streams to builder instance
= builder du :: [OPTIONS] :: 0+
Disk usage
= builder inspect :: [OPTIONS] :: 0+
Inspect current builder instance
= builder ls :: [OPTIONS] :: 0+
List builder instances
= builder rm :: [OPTIONS] :: 0+
Remove one or more builder instances
= builder stop :: [OPTIONS] :: 0+
Stop builder instance
= builder use :: [OPTIONS] :: 0+
Set the current builder instance
= builder version :: [OPTIONS] :: 0+
Show buildx version information
= builder prune :: =docker buildx prune :: 0+
Remove build cache
a,all Include internal/frontend images
builder:string Override the configured builder instance (default "default")
D,debug Enable debug logging
filter:filter Provide filter values
f,force Do not prompt for confirmation
max-used-space:bytes Maximum amount of disk space allowed to keep for cache
min-free-space:bytes Target amount of free disk space after pruning
reserved-space:bytes Amount of disk space always allowed to keep for cache
verbose Provide a more verbose output
= compose ::  :: management plugin
Docker Compose§Define and run multi-container applications with Docker
all-resources Include all resources, even those not used by services
ansi:string Control when to print ANSI control characters ("never"|"always"|"auto") (default "auto")
compatibility Run compose in backward compatibility mode
dry-run Execute command in dry run mode
env-file:stringArray Specify an alternate environment file
f,file:stringArray Compose configuration files
parallel:int Control max parallelism, -1 for unlimited (default -1)
profile:stringArray Specify a profile to enable
progress:string Set type of progress output (auto, tty, plain, json, quiet)
project-directory:string Specify an alternate working directory (default: the path of the, first specified, Compose file)
p,project-name:string Project name
= compose bridge ::  :: management
Convert compose files into another model
= compose attach :: [OPTIONS] :: 0+
Attach local standard input, output, and error streams to a service's running container
= compose build :: [OPTIONS] :: 0+
Build or rebuild services
= compose commit :: [OPTIONS] :: 0+
Create a new image from a service container's changes
= compose config :: [OPTIONS] :: 0+
Parse, resolve and render compose file in canonical format
= compose cp :: [OPTIONS] :: 0+
Copy files/folders between a service container and the local filesystem
= compose create :: [OPTIONS] :: 0+
Creates containers for a service
= compose down :: [OPTIONS] :: 0+
Stop and remove containers, networks
= compose events :: [OPTIONS] :: 0+
Receive real time events from containers
= compose exec :: [OPTIONS] :: 0+
Execute a command in a running container
= compose export :: [OPTIONS] :: 0+
Export a service container's filesystem as a tar archive
= compose images :: [OPTIONS] :: 0+
List images used by the created containers
= compose kill :: [OPTIONS] :: 0+
Force stop service containers
= compose logs :: [OPTIONS] :: 0+
View output from containers
= compose ls :: [OPTIONS] :: 0+
List running compose projects
= compose pause :: [OPTIONS] :: 0+
Pause services
= compose port :: [OPTIONS] :: 0+
Print the public port for a port binding
= compose ps :: [OPTIONS] :: 0+
List containers
= compose publish :: [OPTIONS] :: 0+
Publish compose application
= compose pull :: [OPTIONS] :: 0+
Pull service images
= compose push :: [OPTIONS] :: 0+
Push service images
= compose restart :: [OPTIONS] :: 0+
Restart service containers
= compose rm :: [OPTIONS] :: 0+
Removes stopped service containers
= compose run :: [OPTIONS] :: 0+
Run a one-off command on a service
= compose scale :: [OPTIONS] :: 0+
Scale services 
= compose start :: [OPTIONS] :: 0+
Start services
= compose stats :: [OPTIONS] :: 0+
Display a live stream of container(s) resource usage statistics
= compose stop :: [OPTIONS] :: 0+
Stop services
= compose top :: [OPTIONS] :: 0+
Display the running processes
= compose unpause :: [OPTIONS] :: 0+
Unpause services
= compose up :: [OPTIONS] :: 0+
Create and start containers
= compose version :: [OPTIONS] :: 0+
Show the Docker Compose version information
= compose volumes :: [OPTIONS] :: 0+
List volumes
= compose wait :: [OPTIONS] :: 0+
Block until containers of all (or specified) services stop.
= compose watch :: [OPTIONS] :: 0+
Watch build context for service and rebuild/refresh containers when files are updated
& build
add-host:strings Add a custom host-to-IP mapping (format: "host:ip")
allow:stringArray Allow extra privileged entitlement (e.g., "network.host", "security.insecure", "device")
annotation:stringArray Add annotation to the image
attest:stringArray Attestation parameters (format: "type=sbom,generator=image")
build-arg:stringArray Set build-time variables
build-context:stringArray Additional build contexts (e.g., name=path)
builder:string Override the configured builder instance (default "default")
cache-from:stringArray External cache sources (e.g., "user/app:cache", "type=local,src=path/to/dir")
cache-to:stringArray Cache export destinations (e.g., "user/app:cache", "type=local,dest=path/to/dir")
call:string Set method for evaluating build ("check", "outline", "targets") (default "build")
cgroup-parent:string Set the parent cgroup for the "RUN" instructions during build
check Shorthand for "--call=check"
D,debug Enable debug logging
f,file:string Name of the Dockerfile (default: "PATH/Dockerfile")
iidfile:string Write the image ID to a file
label:stringArray Set metadata for an image
load Shorthand for "--output=type=docker"
metadata-file:string Write build result metadata to a file
network:string Set the networking mode for the "RUN" instructions during build (default "default")
no-cache Do not use cache when building the image
no-cache-filter:stringArray Do not cache specified stages
o,output:stringArray Output destination (format: "type=local,dest=path")
platform:stringArray Set target platform for build
progress:string Set type of progress output ("auto", "none",  "plain", "quiet", "rawjson", "tty"). Use plain to show container output (default "auto")
provenance:string Shorthand for "--attest=type=provenance"
pull Always attempt to pull all referenced images
push Shorthand for "--output=type=registry"
q,quiet Suppress the build output and print image ID on success
sbom:string Shorthand for "--attest=type=sbom"
secret:stringArray Secret to expose to the build (format: "id=mysecret[,src=/local/secret]")
shm-size:bytes Shared memory size for build containers
ssh:stringArray SSH agent socket or keys to expose to the build (format: "default|<id>[=<socket>|<key>[,<key>]]")
t,tag:stringArray Name and optionally a tag (format: "name:tag")
target:string Set the target build stage to build
ulimit:ulimit Ulimit options (default [])
= build, image build ; build, builder build, image build, buildx b :: =docker buildx build [OPTIONS] PATH | URL | - :: 0+
Build an image from a Dockerfile§Start a build
&build
= buildx build, builder build ; build, builder build, image build, buildx b :: =docker buildx build [OPTIONS] PATH | URL | - :: 0+
Start a build
&build
`;
