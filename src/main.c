/* main.c - the program: one command line, one exit status. Modules are composed in serve/. */
#include "serve/serve.h"

int main(int argc, char **argv)
{
    return serve_main(argc, argv);
}
