// Says what is wrong in content/, with file and line. Runs under the local Node, which reads TypeScript.
import { formatProblem, readContent } from '../src/labs/content.ts';
import { root } from './prepare.mjs';

const { labs, pages, problems } = readContent(root);
for (const problem of problems) console.log(formatProblem(problem));
if (problems.length === 0) console.log(`${labs.length} labs, ${pages.size} pages: nothing wrong`);
process.exitCode = problems.length === 0 ? 0 : 1;
