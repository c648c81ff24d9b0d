/**
 * Walks a graph and calls `settle` for every group of nodes that lead to each other, after everything they lead to; a
 * single node may be a cycle or not (Tarjan's strongly connected components, without recursion: a hostile graph may be
 * one long chain). Returns the walk, which never goes twice over the same ground.
 */
export function findCycles(
  next: (name: string) => readonly string[],
  settle: (members: string[], isCycle: boolean) => void,
): (start: string) => void {
  const order = new Map<string, number>();
  const lowest = new Map<string, number>();
  const open: string[] = [];
  const isOpen = new Set<string>();

  const enter = (name: string): { name: string; step: number } => {
    lowest.set(name, order.size);
    order.set(name, order.size);
    open.push(name);
    isOpen.add(name);
    return { name, step: 0 };
  };
  const lower = (name: string, value: number): void => {
    lowest.set(name, Math.min(lowest.get(name) ?? value, value));
  };
  const leave = (name: string): void => {
    if (lowest.get(name) !== order.get(name)) return;
    const members = open.splice(open.lastIndexOf(name));
    const isCycle = members.length > 1 || next(name).includes(name);
    for (const member of members) isOpen.delete(member);
    settle(members, isCycle);
  };

  return (start) => {
    if (order.has(start)) return;
    const path = [enter(start)];
    for (let top = path.at(-1); top; top = path.at(-1)) {
      const target = next(top.name)[top.step];
      top.step += 1;
      if (target === undefined) {
        leave(top.name);
        path.pop();
        const parent = path.at(-1);
        if (parent) lower(parent.name, lowest.get(top.name) ?? 0);
      } else if (!order.has(target)) path.push(enter(target));
      else if (isOpen.has(target)) lower(top.name, order.get(target) ?? 0);
    }
  };
}
