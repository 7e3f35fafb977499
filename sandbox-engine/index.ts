// The engine's front door for Node: tests, the build, the command line.

export type {
  CommandResult,
  ExecOptions,
  Lab,
  LabInputNow,
  LabOptions,
  LabOutput,
} from './lab/api.ts';
export { createLab } from './lab/index.ts';
export { createReplayer } from './lab/replay.ts';
export type * from './protocol/index.ts';
