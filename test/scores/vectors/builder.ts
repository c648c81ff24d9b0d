import { judgeBody, judgeParameter } from '../../backends/judge-vector.ts';
import { sendBody, sendParameter } from '../../backends/send-vector.ts';
import type { Vectors } from '../../backends/vectors.ts';
import type { Case } from './case.ts';

const way = 'request builder';

/** Every parameter and body on the request builder alone, with the binding that its description asks for. */
export function throughBuilder({ parameters, bodies }: Vectors): Case[] {
  return [
    ...parameters.map((vector): Case => {
      const fault = judgeParameter(vector, sendParameter(vector), vector.param.name);
      return { way, group: `parameters, ${vector.group}`, id: vector.id, fault };
    }),
    ...bodies.map(
      (vector): Case => ({ way, group: 'bodies', id: vector.id, fault: judgeBody(vector, sendBody(vector)) }),
    ),
  ];
}
