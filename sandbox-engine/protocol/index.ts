export * from './lab-definition.ts';
export * from './messages.ts';
