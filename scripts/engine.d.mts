import type { Lab, LabOptions } from '../sandbox-engine/lab/api.ts';

export interface Engine {
  readonly createLab: (options: LabOptions) => Lab;
}
export function engineBundle(): Promise<string>;
export function loadEngine(): Promise<Engine>;
