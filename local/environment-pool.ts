import {
  type Account,
  type ExecutionEnvironment,
  type LambdaFunction,
  startExecutionEnvironment,
} from './execution-environment.ts';

export interface PoolOptions extends Account {
  /** Of one function; whoever needs a further one waits. */
  maxEnvironments?: number;
  /** Told of every cold start. */
  started?: (functionName: string, initMs: number) => void;
}

export interface EnvironmentPool {
  /** Lends an environment that nobody else has: the one used last, as in Lambda, or a new one. Rejects when that cannot start. */
  borrow(): Promise<ExecutionEnvironment>;
  giveBack(environment: ExecutionEnvironment): void;
  /** Ends all environments, borrowed ones too, and resolves when they have gone. */
  end(): Promise<void>;
  /** The same for good: nothing can be borrowed afterwards. */
  close(): Promise<void>;
}

/** The execution environments of one function. */
export function environmentPool(fn: LambdaFunction, options: PoolOptions): EnvironmentPool {
  const { maxEnvironments = 10, started, ...account } = options;
  const all = new Set<Promise<ExecutionEnvironment>>();
  const idle: ExecutionEnvironment[] = [];
  const waiting: (() => void)[] = [];
  let isClosed = false;

  const start = async (): Promise<ExecutionEnvironment> => {
    const starting = startExecutionEnvironment(fn, account);
    all.add(starting);
    const forget = () => {
      all.delete(starting);
      waiting.shift()?.();
    };
    const environment = await starting.catch((error: unknown) => {
      forget();
      throw error;
    });
    void environment.gone.then(forget);
    started?.(fn.name, environment.initMs);
    return environment;
  };

  const end = async () => {
    const ended = await Promise.allSettled([...all]);
    await Promise.all(ended.map((each) => each.status === 'fulfilled' && each.value.end()));
  };

  return {
    borrow: async () => {
      for (;;) {
        if (isClosed) throw new Error(`${fn.name} is not served any more.`);
        const environment = idle.pop();
        if (environment && !environment.isGone()) return environment;
        if (!environment && all.size < maxEnvironments) return start();
        if (!environment) await new Promise<void>((resolve) => waiting.push(resolve));
      }
    },
    giveBack: (environment) => {
      if (environment.isGone()) return;
      idle.push(environment);
      waiting.shift()?.();
    },
    end,
    close: () => {
      isClosed = true;
      return end();
    },
  };
}
