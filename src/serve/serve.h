/* serve.h - the program's only entrance: what main calls. */
#ifndef LUOSHU_SERVE_H
#define LUOSHU_SERVE_H
/* Runs one command line; the exit status is 0 good, 1 "no", 2 wrong usage or input, 3 I/O. */
int serve_main(int argc, char **argv);
#endif
