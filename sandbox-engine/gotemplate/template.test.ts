import { expect, test } from 'vitest';
import { GoTypes, parseTemplate, type TemplateObject } from './index.ts';

const network = {
  Name: 'brA',
  Id: '5c32',
  Created: '2026-11-22T00:19:23.218254233Z',
  EnableIPv4: true,
  IPAM: {
    Driver: 'default',
    Options: {},
    Config: [{ Subnet: '172.19.0.0/16', Gateway: '172.19.0.1' }],
  },
  Containers: { b: { Name: 'c2' }, a: { Name: 'c1' } },
  Options: {},
  Labels: { env: 'prod', tier: '1' },
};

const types = new GoTypes(`
network.Inspect Name:s ID=Id:s Created:t EnableIPv4:b IPAM:network.IPAM Containers:{network.Endpoint Options:{s Labels:{s Peers:[s
network.IPAM Driver:s Options:{s Config:[network.Config
network.Config Subnet:s IPRange:s Gateway:s AuxAddress:{s
network.Endpoint Name:s
swarm.Node ID:s ManagerStatus:*swarm.ManagerStatus
swarm.ManagerStatus Leader:b Addr:s
`);

const row: TemplateObject = {
  typeName: '*network.networkContext',
  has: (name) => ['Name', 'Driver', 'Label'].includes(name),
  call: (name, args) =>
    name === 'Name' ? 'brA' : name === 'Driver' ? 'bridge' : `label ${args[0]}`,
  toJson: () => ({ Driver: 'bridge', Name: 'brA' }),
};

test('an object that marshals itself escapes HTML, plain text does not', () => {
  const ports: TemplateObject = { ...row, toJson: () => ({ Ports: '0.0.0.0:80->80/tcp' }) };
  expect(run('{{json .}}', ports)).toBe('{"Ports":"0.0.0.0:80-\\u003e80/tcp"}');
  expect(run('{{json .Name}}', { Name: 'a>b' })).toBe('"a>b"');
});

function run(source: string, data: unknown, type?: string, strict = false): string {
  const parsed = parseTemplate(source);
  if (!parsed.ok) return parsed.error;
  const made = parsed.value.execute(data, type === undefined ? undefined : types.type(type), {
    missingKeyIsError: strict,
  });
  return made.ok ? made.value : made.error;
}

test.each([
  ['{{.Name}} {{.Driver}}', 'brA bridge'],
  ['{{.Label "env"}}', 'label env'],
  ['{{json .}}', '{"Driver":"bridge","Name":"brA"}'],
  ['{{upper .Name}} {{lower .Driver}} {{title .Driver}} {{len .Name}}', 'BRA bridge Bridge 3'],
  ['{{printf "%-20s|" .Name}}', 'brA                 |'],
  ['{{truncate .Driver 4}}', 'brid'],
  ['{{pad .Name 2 3}}|', '  brA   |'],
  ['{{split .Driver "d"}} {{join (split .Driver "d") "-"}}', '[bri ge] bri-ge'],
  ['{{if eq .Driver "bridge"}}B {{.Name}}{{else}}- {{.Name}}{{end}}', 'B brA'],
  ['{{.Name | printf "%s-%s" "x" | upper}}', 'X-BRA'],
  ['{{with .Name}}{{.}}{{end}}{{/* note */}}', 'brA'],
  ['a {{- " b " -}} c', 'a b c'],
  [
    '{{range $i, $e := (split "a,b,c" ",")}}{{if eq $i 1}}{{continue}}{{end}}{{$i}}{{$e}} {{end}}',
    '0a 2c ',
  ],
  ['{{$x := 1}}{{if true}}{{$x = 2}}{{end}}{{$x}}', '2'],
  [
    '{{and .Name "z"}} {{or "" "y"}} {{not true}} {{ne 1 2}} {{lt 1 2}} {{ge "b" "a"}}',
    'z y false true true true',
  ],
  ['{{slice .Driver 0 3}} {{print 1 2 "a"}} {{println "x"}}', 'bri 1 2a x\n'],
  [
    '{{range .Name}}{{end}}',
    'template: :1:8: executing "" at <.Name>: range can\'t iterate over brA',
  ],
  [
    '{{.Nosuch}}',
    'template: :1:2: executing "" at <.Nosuch>: can\'t evaluate field Nosuch in type *network.networkContext',
  ],
  ['{{.Name', 'template: :1: unclosed action'],
  ['{{range}}', 'template: :1: missing value for range'],
  ['{{if .Name}}', 'template: :1: unexpected EOF'],
  ['{{end}}', 'template: :1: unexpected {{end}}'],
  ['{{nosuch .Name}}', 'template: :1: function "nosuch" not defined'],
  ['{{}}', 'template: :1: missing value for command'],
  ['{{$y}}', 'template: :1: undefined variable "$y"'],
  ['{{"abc}}', 'template: :1: unterminated quoted string'],
])('over a formatter: %s', (source, want) => {
  expect(run(source, row)).toBe(want);
});

test.each([
  ['{{.Created}}', '2026-11-22 00:19:23.218254233 +0000 UTC'],
  ['{{.IPAM}}', '{default map[] [{172.19.0.0/16  172.19.0.1 map[]}]}'],
  [
    '{{.}}',
    '{brA 5c32 2026-11-22 00:19:23.218254233 +0000 UTC true {default map[] [{172.19.0.0/16  172.19.0.1 map[]}]} map[a:{c1} b:{c2}] map[] map[env:prod tier:1] []}',
  ],
  ['{{range .IPAM.Config}}{{.Subnet}} {{.Gateway}}{{end}}', '172.19.0.0/16 172.19.0.1'],
  ['{{(index .IPAM.Config 0).Subnet}}', '172.19.0.0/16'],
  ['{{index .Labels "env"}} {{.Labels.env}} {{.Labels.none}}', 'prod prod <no value>'],
  ['{{range $k,$v := .Containers}}{{$k}}={{$v.Name}}{{println}}{{end}}', 'a=c1\nb=c2\n'],
  [
    '{{json .Labels}} {{json .IPAM}}',
    '{"env":"prod","tier":"1"} {"Driver":"default","Options":{},"Config":[{"Subnet":"172.19.0.0/16","Gateway":"172.19.0.1"}]}',
  ],
  ['{{len .Containers}} {{.Options}} {{not .EnableIPv4}}', '2 map[] false'],
  [
    '{{.Id}}',
    'template: :1:2: executing "" at <.Id>: can\'t evaluate field Id in type network.Inspect',
  ],
])('over a typed value: %s', (source, want) => {
  expect(run(source, network, 'network.Inspect')).toBe(want);
});

test('a nil pointer of a struct', () => {
  expect(run('{{.ManagerStatus.Leader}}', { ID: 'x' }, 'swarm.Node')).toBe(
    'template: :1:16: executing "" at <.ManagerStatus.Leader>: nil pointer evaluating *swarm.ManagerStatus.Leader',
  );
  expect(
    run('{{.ManagerStatus}} {{if .ManagerStatus}}a{{else}}b{{end}}', { ID: 'x' }, 'swarm.Node'),
  ).toBe('<nil> b');
});

test.each([
  ['{{.Nosuch}}', 'template: :1:2: executing "" at <.Nosuch>: map has no entry for key "Nosuch"'],
  [
    '{{.IPAM.Config.Foo}}',
    'template: :1:7: executing "" at <.IPAM.Config.Foo>: can\'t evaluate field Foo in type interface {}',
  ],
  [
    '{{index .Containers 0}}',
    'template: :1:2: executing "" at <index .Containers 0>: error calling index: value has type int; should be string',
  ],
  ['{{.Id}} {{.Created}}', '5c32 2026-11-22T00:19:23.218254233Z'],
  ['{{json .IPAM.Config}}', '[{"Gateway":"172.19.0.1","Subnet":"172.19.0.0/16"}]'],
])('over decoded JSON: %s', (source, want) => {
  expect(run(source, network, undefined, true)).toBe(want);
});
