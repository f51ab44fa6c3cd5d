/** One or more of every general category that a documented string may hold, over several scripts, planes and case habits. */
const letters = 'ÀÉßàéÿıİŁſΩσςжЯאעابةहก中文あアー한ㄱǅʰªDŽfifſtＡ𝒜𠀀𞤀ΐK'
const marks = '\u0301\u0308\u0323\u0e31\u093f\u20dd\u0345\ufe0f'
const digits = '²½Ⅷ٣०９𝟘㊿'
const punctuation = '‿–—«»“”‘’…¿¡、。〈〉・‰′‽'
const symbols = '€£¥¢₿°±×÷≠∞√→⇒♥★©®™§¶´¨˜🎉😀👍𝄞㎏\ufffd'
const ascii = Array.from({ length: 95 }, (_, i) => String.fromCharCode(0x20 + i))

/** Characters that every run tries in every position of a text: all of ASCII that can be seen, then the others. */
export const characters: readonly string[] = [...new Set([...ascii, ...(letters + marks + digits + punctuation + symbols)])]
