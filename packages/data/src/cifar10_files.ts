// The official files of CIFAR-10 (binary version) and their checksums.

/** One file of the official archive. */
export interface Cifar10File {
  /** File name inside `cifar-10-batches-bin/`. */
  readonly name: string;
  /** Size: 10,000 records of 1 label byte + 3,072 pixel bytes. */
  readonly bytes: number;
  /** SHA-256 of the official file, lower-case hex. */
  readonly sha256: string;
}

/**
 * The six files of the binary version of CIFAR-10 (Krizhevsky 2009, "Learning multiple layers of
 * features from tiny images"), in the order train batches 1–5, test batch.
 *
 * @example
 * ```ts
 * import { cifar10Files } from "@fa/data";
 *
 * if (cifar10Files.length !== 6) throw new Error("five train batches and a test batch");
 * if (cifar10Files.some((file) => file.bytes !== 10_000 * 3_073)) throw new Error("whole records");
 * ```
 */
export const cifar10Files: readonly Cifar10File[] = [
  ["data_batch_1.bin", "cee916563c9f80d84e3cc88e17fdc0941787f1244f00a67874d45b261883ada5"],
  ["data_batch_2.bin", "a591ca11fa1708a91ee40f54b3da4784ccd871ecf2137de63f51ada8b3fa57ed"],
  ["data_batch_3.bin", "bbe8596564c0f86427f876058170b84dac6670ddf06d79402899d93ceea26f67"],
  ["data_batch_4.bin", "014e562d6e23c72197cc727519169a60359f5eccd8945ad5a09d710285ff4e48"],
  ["data_batch_5.bin", "755304fc0b379caeae8c14f0dac912fbc7d6cd469eb67a1029a08a39453a9add"],
  ["test_batch.bin", "8e2eb146ae340b09e24670f29cabc6326dba54da8789dab6768acf480273f65b"],
].map(([name, sha256]) => ({ name: name!, bytes: 30_730_000, sha256: sha256! }));

/**
 * The official archive that holds {@link cifar10Files}, and its checksums.
 *
 * @example
 * ```ts
 * import { cifar10Archive } from "@fa/data";
 *
 * if (!cifar10Archive.url.startsWith("https://")) throw new Error("downloads use HTTPS");
 * ```
 */
export const cifar10Archive: {
  readonly page: string;
  readonly url: string;
  readonly folder: string;
  readonly md5: string;
  readonly sha256: string;
} = {
  page: "https://www.cs.toronto.edu/~kriz/cifar.html",
  url: "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz",
  folder: "cifar-10-batches-bin",
  md5: "c32a1d4ab5d03f1284b67883e8d87530",
  sha256: "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
};
