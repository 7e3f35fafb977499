// The layers as dependency-cruiser's rules.
import { layers, openFolders } from './layers.ts';

const inside = (folder) => `^${folder}/`;
const known = layers.map(({ folder }) => folder);

/** What a layer must not import: any known folder but those that it may. */
const forbidden = layers.map(({ folder, mayImport }) => ({
  name: `layer ${folder}`,
  severity: 'error',
  from: { path: inside(folder), pathNot: '\\.test\\.ts$' },
  to: {
    path: known.filter((other) => other !== folder && !mayImport.includes(other)).map(inside),
  },
}));

/** Another folder is entered through its index.ts. */
const doors = known
  .filter((folder) => !openFolders.includes(folder))
  .map((folder) => ({
    name: `door ${folder}`,
    severity: 'error',
    from: { pathNot: [inside(folder), '\\.test\\.ts$', '^sandbox-engine/index\\.ts$'] },
    to: { path: inside(folder), pathNot: '/index\\.ts$' },
  }));

export default {
  forbidden: [
    ...forbidden,
    ...doors,
    {
      name: 'a tool imports no other tool',
      severity: 'error',
      from: { path: '^sandbox-engine/tools/([^/]+)/', pathNot: '\\.test\\.ts$' },
      to: {
        path: '^sandbox-engine/tools/[^/]+/',
        pathNot: ['^sandbox-engine/tools/$1/', '^sandbox-engine/tools/(shared|lib|common)/'],
      },
    },
    {
      name: 'the engine has no packages but its parser',
      severity: 'error',
      from: { path: '^sandbox-engine/', pathNot: '\\.test\\.ts$' },
      to: { path: 'node_modules', pathNot: 'node_modules/unbash/' },
    },
    {
      name: 'the engine knows no platform',
      severity: 'error',
      from: { path: '^sandbox-engine/', pathNot: '\\.test\\.ts$' },
      to: { dependencyTypes: ['core'] },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: {
      path: ['\\.test\\.ts$', '/(testing|test-[a-z-]+)\\.ts$', '/testing/', '\\.astro$', '\\.css$'],
    },
    enhancedResolveOptions: { extensions: ['.ts', '.mjs', '.js', '.d.ts'] },
  },
};
