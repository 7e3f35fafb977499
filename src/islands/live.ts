// The live parts of a lab page. What is heavy (xterm, Mermaid, the engine) is loaded when it is first needed.
import { LabBench } from './lab-bench.ts';
import { LabBrowser } from './lab-browser.ts';
import { LabChanges } from './lab-changes.ts';
import { LabConsole } from './lab-console.ts';
import { LabDiagram } from './lab-diagram.ts';
import { LabDo } from './lab-do.ts';
import { LabPredict } from './lab-predict.ts';
import { LabRun } from './lab-run.ts';
import { LabSession } from './lab-session.ts';
import { LabTry } from './lab-try.ts';

customElements.define('lab-session', LabSession);
customElements.define('lab-bench', LabBench);
customElements.define('lab-run', LabRun);
customElements.define('lab-predict', LabPredict);
customElements.define('lab-changes', LabChanges);
customElements.define('lab-diagram', LabDiagram);
customElements.define('lab-browser', LabBrowser);
customElements.define('lab-console', LabConsole);
customElements.define('lab-do', LabDo);
customElements.define('lab-try', LabTry);
