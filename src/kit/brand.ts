declare const brand: unique symbol

/** A nominal type over a structural one: a `Brand<string, 'NodeName'>` is not any string. */
export type Brand<T, Name extends string> = T & { readonly [brand]: Name }
