export type * from './api.ts';
export { createNetworkController } from './controller.ts';
export { createNetworkRows } from './rows.ts';
export {
  isPredefined,
  isUserDefined,
  joinErrors,
  notSimulated,
  validateEndpointSettings,
  validateIpam,
} from './validate.ts';
