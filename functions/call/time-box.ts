import type { Context, Script } from 'node:vm';

interface Box {
  script: Script;
  context: Context & { task?: () => void };
}

let box: Box | undefined;

/**
 * Runs a synchronous task for at most `limit_ms`; `undefined` when it was stopped. A watchdog thread ends whatever
 * the task is in, also a regular expression that backtracks, which no check between steps could. It costs a
 * fraction of a millisecond, so it is for work that may run away. What the task throws is thrown.
 */
export function runWithin<T>(limit_ms: number, task: () => T): { value: T } | undefined {
  box ??= openBox();
  let done: { value: T } | undefined;
  box.context.task = () => {
    done = { value: task() };
  };
  try {
    box.script.runInContext(box.context, { timeout: limit_ms });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
  } finally {
    delete box.context.task;
  }
  return done;
}

function openBox(): Box {
  const { createContext, Script } = process.getBuiltinModule('node:vm');
  return { script: new Script('task()'), context: createContext({}) };
}
