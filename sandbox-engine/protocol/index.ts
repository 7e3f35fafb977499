export * from './decisions.ts';
export * from './diagram-views.ts';
export * from './findings.ts';
export * from './lab-definition.ts';
export * from './machines.ts';
export * from './messages.ts';
