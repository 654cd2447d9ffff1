/* fuzz.h - what a fuzz target is: the interface of LLVM's libFuzzer. */
#ifndef SHMLENS_TESTS_FUZZ_H
#define SHMLENS_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>

/* Gives the bytes to what is tested; aborts when it finds a defect. */
int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

#endif
