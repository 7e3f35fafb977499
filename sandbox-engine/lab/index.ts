// The lab with all its programs at hand: for Node. The worker takes `lab.ts` and loads the programs beside it.
import type { LabInput } from '../protocol/index.ts';
import type { Micros } from '../sim/index.ts';
import type { Lab, LabOptions } from './api.ts';
import { createLab as createLabWith, replayed as replayedWith } from './lab.ts';
import { commands } from './late-commands.ts';
import { tools } from './late-tools.ts';
import type { ProgramSource } from './programs.ts';

const programs = new Map([...tools, ...commands]);
const atHand: ProgramSource = () => programs;

/** Starts a world. */
export const createLab = (options: LabOptions): Lab => createLabWith(options, atHand);

/** The world of a session as it was at that time. */
export const replayed = (options: LabOptions, inputs: readonly LabInput[], until: Micros): Lab =>
  replayedWith(options, inputs, until, atHand);
