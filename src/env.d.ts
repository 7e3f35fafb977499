declare namespace App {
  interface Locals {
    lab?: import('./labs/page-context.ts').LabContext;
    /** How often a component with these attributes has been rendered on this page. */
    occurrences?: Map<string, number>;
  }
}
