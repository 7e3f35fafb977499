// Nominal types over plain values: an address is not any number, a link id is not any string.

declare const brand: unique symbol;

/** A `T` that only the maker of `Name` hands out. */
export type Brand<T, Name extends string> = T & { readonly [brand]: Name };
