package main

import "syscall"

// blockOnStdio undoes what Go's start-up does under WASI: it makes standard streams non-blocking but can't wait for them,
// so an empty pipe would end the program with EAGAIN.
func blockOnStdio() {
	for fd := range 3 {
		// A stream that can't be changed is one that blocks already, such as a file.
		_ = syscall.SetNonblock(fd, false)
	}
}
