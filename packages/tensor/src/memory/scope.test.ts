// Scopes: what survives, what is freed, what a late use says. Oracle: the documented contract.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  add,
  grad,
  jsBackend,
  keep,
  mul,
  parameter,
  reshape,
  scope,
  square,
  sum,
  tensor,
  wasmBackend,
} from "../mod.ts";
import type { Tensor } from "../tensor.ts";

const test = suite("scope");

test("frees temporaries and keeps what is returned, also nested in objects and maps", () => {
  let inner: Tensor | undefined;
  const { a, list, map, set } = scope(() => {
    inner = tensor([1, 2]);
    return {
      a: add(inner, 1),
      list: [mul(inner, 2)],
      map: new Map([["m", square(inner)]]),
      set: new Set([mul(inner, 3)]),
    };
  });
  assert.equal([...a.dataSync()], [2, 3]);
  assert.equal([...list[0]!.dataSync()], [2, 4]);
  assert.equal([...map.get("m")!.dataSync()], [1, 4]);
  assert.equal([...[...set][0]!.dataSync()], [3, 6]);
  assert.throws(() => inner!.dataSync(), /after its scope has ended: return it/);
  assert.throws(() => add(inner!, 1), /after its scope has ended/);
});

test("passes survivors of an inner scope to the outer one, which frees them", () => {
  let survivor: Tensor | undefined;
  scope(() => {
    survivor = scope(() => tensor([5]));
    assert.is(survivor.item(), 5);
  });
  assert.throws(() => survivor!.item(), /scope has ended/);
});

test("a returned view keeps the memory it shares", () => {
  const view = scope(() => reshape(tensor([1, 2, 3, 4]), [2, 2]));
  scope(() => [tensor([9, 9, 9, 9])].length); // would use the memory again if it had been freed
  assert.equal([...view.dataSync()], [1, 2, 3, 4]);
});

test("keep() and parameter() outlive every scope", () => {
  let kept: Tensor | undefined, trained: Tensor | undefined;
  scope(() =>
    scope(() => {
      kept = keep(tensor([1]));
      trained = parameter(tensor([2]));
      return 0;
    })
  );
  assert.is(kept!.item() + trained!.item(), 3);
});

test("uses freed memory again: a loop allocates nothing after its first turn", () => {
  const places: Record<string, (storage: unknown) => unknown> = {
    js: (array) => array,
    wasm: (storage) => (storage as { pointer: number }).pointer,
  };
  for (const backend of [jsBackend, wasmBackend]) {
    const x = tensor(new Float64Array(1000).fill(1), { backend });
    const seen = new Set<unknown>();
    for (let i = 0; i < 50; i++) {
      scope(() => {
        const y = mul(x, i);
        seen.add(places[backend.name]!(y.storage));
        assert.is(sum(y).item(), 1000 * i);
      });
    }
    assert.is(seen.size, 1, backend.name);
  }
});

test("frees on a throw and refuses promises", () => {
  let inner: Tensor | undefined;
  assert.throws(() =>
    scope(() => {
      inner = tensor([1]);
      throw new RangeError("mine");
    }), /mine/);
  assert.throws(() => inner!.item(), /scope has ended/);
  assert.throws(() => scope(() => Promise.resolve(1)), /across await/);
});

test("differentiating through a freed tape is a clear error, not a wrong gradient", () => {
  const p = parameter(tensor([3]));
  const loss = scope(() => mul(square(p), p));
  assert.throws(() => grad(loss, [p]), /scope has ended/);
});

test.run();
