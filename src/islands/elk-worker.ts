// The layout of drawings, in a thread of its own.
import 'elkjs/lib/elk-worker.min.js';
