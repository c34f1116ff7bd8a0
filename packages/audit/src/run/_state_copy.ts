// Going back to an earlier moment of training, kept in memory.
import { type Tensor, tensor } from "@fa/tensor";
import type { Setup } from "./_setup.ts";

/** Copies what training depends on; the function that comes back restores it. */
export async function stateCopy({ model, trainer, backend }: Setup): Promise<() => void> {
  const { tensors, ...state } = trainer.state();
  const weights = await copies(model.namedParameters());
  const own = await copies(tensors);
  return () => {
    for (const [name, parameter] of model.namedParameters()) parameter.assign(weights.get(name)!);
    const restored = new Map<string, Tensor>();
    for (const [name, { shape, dtype }] of tensors) {
      restored.set(name, tensor(own.get(name)!, { shape, dtype, backend }));
    }
    trainer.restore({ ...state, tensors: restored });
  };
}

type Values = Awaited<ReturnType<Tensor["data"]>>;

async function copies(tensors: ReadonlyMap<string, Tensor>): Promise<Map<string, Values>> {
  const copied = new Map<string, Values>();
  for (const [name, each] of tensors) copied.set(name, await each.data());
  return copied;
}
