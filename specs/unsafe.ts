/** Methods that change or remove what is there. */
export const unsafeMethods = ['PUT', 'PATCH', 'DELETE'] as const

/** Whether a method is sent only where somebody chose it. */
export const isUnsafe = (method: string): boolean => (unsafeMethods as readonly string[]).includes(method.toUpperCase())
