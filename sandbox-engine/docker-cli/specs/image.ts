// docker image, docker volume and docker network.
// The notation is explained in notation.ts.
export const imageSpecs = `
= image :: :: management
Manage images
= image history, history :: [OPTIONS] IMAGE :: 1
Show the history of an image
format:string %T
H,human Print sizes and dates in human readable format (default true)
no-trunc Don't truncate output
platform:string Show history for the given platform. Formatted as "os[/arch[/variant]]" (e.g., "linux/amd64")
q,quiet Only show image IDs
= image import, import :: [OPTIONS] file|URL|- [REPOSITORY[:TAG]] :: 1+
Import the contents from a tarball to create a filesystem image
c,change:list Apply Dockerfile instruction to the created image
m,message:string Set commit message for imported image
platform:string Set platform if server is multi-platform capable
= image inspect :: [OPTIONS] IMAGE [IMAGE...] :: 1+
Display detailed information on one or more images
f,format:string %F
platform:string Inspect a specific platform of the multi-platform image.¶If the image or the server is not multi-platform capable, the command will error out if the platform does not match.¶'os[/arch[/variant]]': Explicit platform (eg. linux/amd64)
= image load, load :: [OPTIONS] :: 0
Load an image from a tar archive or STDIN
i,input:string Read from tar archive file, instead of STDIN
platform:string Load only the given platform variant. Formatted as "os[/arch[/variant]]" (e.g., "linux/amd64")
q,quiet Suppress the load output
= image ls, image list, images :: [OPTIONS] [REPOSITORY[:TAG]] :: -1
List images
a,all Show all images (default hides intermediate images)
digests Show digests
f,filter:filter Filter output based on conditions provided
format:string %T
no-trunc Don't truncate output
q,quiet Only show image IDs
tree List multi-platform images as a tree (EXPERIMENTAL)
= image prune :: [OPTIONS] :: 0
Remove unused images
a,all Remove all unused images, not just dangling ones
filter:filter Provide filter values (e.g. "until=<timestamp>")
f,force Do not prompt for confirmation
= image pull, pull :: [OPTIONS] NAME[:TAG|@DIGEST] :: 1
Download an image from a registry
a,all-tags Download all tagged images in the repository
disable-content-trust Skip image verification (default true)
platform:string Set platform if server is multi-platform capable
q,quiet Suppress verbose output
= image push, push :: [OPTIONS] NAME[:TAG] :: 1
Upload an image to a registry
a,all-tags Push all tags of an image to the repository
disable-content-trust Skip image signing (default true)
platform:string Push a platform-specific manifest as a single-platform image to the registry. Image index won't be pushed, meaning that other manifests, including attestations won't be preserved.¶'os[/arch[/variant]]': Explicit platform (eg. linux/amd64)
q,quiet Suppress verbose output
= image rm, image remove, rmi :: [OPTIONS] IMAGE [IMAGE...] :: 1+
Remove one or more images
f,force Force removal of the image
no-prune Do not delete untagged parents
platform:strings Remove only the given platform variant. Formatted as "os[/arch[/variant]]" (e.g., "linux/amd64")
= image save, save :: [OPTIONS] IMAGE [IMAGE...] :: 1+
Save one or more images to a tar archive (streamed to STDOUT by default)
o,output:string Write to a file, instead of STDOUT
platform:string Save only the given platform variant. Formatted as "os[/arch[/variant]]" (e.g., "linux/amd64")
= image tag, tag :: SOURCE_IMAGE[:TAG] TARGET_IMAGE[:TAG] :: 2 strict
Create a tag TARGET_IMAGE that refers to SOURCE_IMAGE
= search :: [OPTIONS] TERM :: 1
Search Docker Hub for images
f,filter:filter Filter output based on conditions provided
format:string Pretty-print search using a Go template
limit:int Max number of search results
no-trunc Don't truncate output
= volume :: :: management
Manage volumes
= volume create :: [OPTIONS] [VOLUME] :: -1
Create a volume
d,driver:string Specify volume driver name (default "local")
label:list Set metadata for a volume
o,opt:map Set driver specific options (default map[])
= volume inspect :: [OPTIONS] VOLUME [VOLUME...] :: 1+
Display detailed information on one or more volumes
f,format:string %F
= volume ls, volume list :: [OPTIONS] :: 0
List volumes
f,filter:filter Provide filter values (e.g. "dangling=true")
format:string %T
q,quiet Only display volume names
= volume prune :: [OPTIONS] :: 0
Remove unused local volumes
a,all Remove all unused volumes, not just anonymous ones
filter:filter Provide filter values (e.g. "label=<label>")
f,force Do not prompt for confirmation
= volume rm, volume remove :: [OPTIONS] VOLUME [VOLUME...] :: 1+
Remove one or more volumes§Remove one or more volumes. You cannot remove a volume that is in use by a container.
f,force Force the removal of one or more volumes
= volume update :: [OPTIONS] [VOLUME] :: -1 hidden
Update a volume (cluster volumes only)
= network :: :: management
Manage networks
= network connect :: [OPTIONS] NETWORK CONTAINER :: 2
Connect a container to a network
alias:strings Add network-scoped alias for the container
driver-opt:strings driver options for the network
gw-priority:int Highest gw-priority provides the default gateway. Accepts positive and negative values.
ip:string IPv4 address (e.g., "172.30.100.104")
ip6:string IPv6 address (e.g., "2001:db8::33")
link:list Add link to another container
link-local-ip:strings Add a link-local address for the container
= network create :: [OPTIONS] NETWORK :: 1
Create a network
attachable Enable manual container attachment
aux-address:map Auxiliary IPv4 or IPv6 addresses used by Network driver (default map[])
config-from:string The network from which to copy the configuration
config-only Create a configuration only network
d,driver:string Driver to manage the Network (default "bridge")
gateway:strings IPv4 or IPv6 Gateway for the master subnet
ingress Create swarm routing-mesh network
internal Restrict external access to the network
ip-range:strings Allocate container ip from a sub-range
ipam-driver:string IP Address Management Driver (default "default")
ipam-opt:map Set IPAM driver specific options (default map[])
ipv4 Enable or disable IPv4 address assignment (default true)
ipv6 Enable or disable IPv6 address assignment
label:list Set metadata on a network
o,opt:map Set driver specific options (default map[])
scope:string Control the network's scope
subnet:strings Subnet in CIDR format that represents a network segment
= network disconnect :: [OPTIONS] NETWORK CONTAINER :: 2
Disconnect a container from a network
f,force Force the container to disconnect from a network
= network inspect :: [OPTIONS] NETWORK [NETWORK...] :: 1+
Display detailed information on one or more networks
f,format:string %F
v,verbose Verbose output for diagnostics
= network ls, network list :: [OPTIONS] :: 0
List networks
f,filter:filter Provide filter values (e.g. "driver=bridge")
format:string %T
no-trunc Do not truncate the output
q,quiet Only display network IDs
= network prune :: [OPTIONS] :: 0
Remove all unused networks
filter:filter Provide filter values (e.g. "until=<timestamp>")
f,force Do not prompt for confirmation
= network rm, network remove :: NETWORK [NETWORK...] :: 1+
Remove one or more networks
f,force Do not error if the network does not exist
`;
