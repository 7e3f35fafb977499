// Which folder may import from which: dependency-cruiser's rules are made from it, and tidy.test.ts holds the table in
// ARCHITECTURE.md against it. A folder may always import from itself. `types`: type imports only.

export interface Layer {
  readonly folder: string;
  readonly mayImport: readonly string[];
}

const engine = (name: string): string => `sandbox-engine/${name}`;
const engines = (...names: readonly string[]): string[] => names.map(engine);

const below = engines('std', 'sim', 'wire', 'kernel');
const everyEngineLayer = engines(
  'std',
  'sim',
  'wire',
  'kernel',
  'os',
  'shell',
  'coreutils',
  'tools',
  'apps',
  'libnetwork',
  'swarmkit',
  'api',
  'gotemplate',
  'docker-cli',
  'daemon',
);

export const layers: readonly Layer[] = [
  { folder: engine('std'), mayImport: [] },
  { folder: engine('sim'), mayImport: engines('std') },
  { folder: engine('wire'), mayImport: engines('std') },
  { folder: engine('kernel'), mayImport: engines('std', 'sim', 'wire') },
  { folder: engine('os'), mayImport: below },
  { folder: engine('shell'), mayImport: engines('std', 'sim', 'os') },
  { folder: engine('coreutils'), mayImport: engines('std', 'sim', 'os') },
  { folder: engine('tools'), mayImport: [...below, engine('os')] },
  { folder: engine('apps'), mayImport: [...below, ...engines('os', 'tools')] },
  { folder: engine('libnetwork'), mayImport: below },
  { folder: engine('swarmkit'), mayImport: engines('std', 'sim', 'wire') },
  { folder: engine('api'), mayImport: engines('std', 'sim') },
  { folder: engine('gotemplate'), mayImport: engines('std') },
  { folder: engine('docker-cli'), mayImport: engines('std', 'sim', 'os', 'api', 'gotemplate') },
  {
    folder: engine('daemon'),
    mayImport: [...below, ...engines('os', 'apps', 'libnetwork', 'swarmkit', 'api', 'gotemplate')],
  },
  { folder: engine('protocol'), mayImport: [] },
  { folder: engine('lab'), mayImport: [...everyEngineLayer, engine('protocol')] },
  { folder: engine('worker'), mayImport: engines('lab', 'protocol', 'sim') },
  { folder: 'src/terminal-text', mayImport: [] },
  { folder: 'src/i18n', mayImport: [engine('protocol')] },
  { folder: 'src/styles', mayImport: [] },
  { folder: 'src/diagrams', mayImport: [engine('protocol'), 'src/i18n'] },
  { folder: 'src/console', mayImport: [engine('protocol'), 'src/i18n', 'src/diagrams'] },
  {
    folder: 'src/labs',
    mayImport: [engine('protocol'), engine('lab'), 'src/i18n', 'src/terminal-text'],
  },
  { folder: 'src/build', mayImport: ['src/labs', 'src/i18n', 'scripts'] },
  { folder: 'src/sessions', mayImport: [engine('protocol')] },
  { folder: 'src/lab-client', mayImport: [engine('protocol'), engine('worker')] },
  {
    folder: 'src/islands',
    mayImport: [
      engine('protocol'),
      'src/lab-client',
      'src/sessions',
      'src/diagrams',
      'src/console',
      'src/i18n',
      'src/terminal-text',
      'src/labs',
    ],
  },
];

/**
 * Folders that are many small modules rather than one: their files are imported one by one, so that a page loads no more
 * than it uses, and lab/api.ts is what the drivers of a lab see.
 */
export const openFolders: readonly string[] = [
  'sandbox-engine/lab',
  'src/console',
  'src/diagrams',
  'src/i18n',
  'src/labs',
  'src/sessions',
  'scripts',
  'sandbox-engine/worker',
];
