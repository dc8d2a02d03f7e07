// Package child runs one program that must not outlive this one.
//
// A child gets its own process group, so that Ctrl-C in a terminal reaches only the parent, which then ends its children in
// an order of its own. On Linux the kernel also ends the child when the parent dies without a chance to do so
// (PR_SET_PDEATHSIG, prctl(2)): even `kill -9` of the parent leaves nothing running. Other systems have no such signal.
package child

import (
	"os/exec"
	"runtime"
	"syscall"
	"time"
)

// Process is a started child. It is always waited for; Done closes when it has ended and was reaped.
type Process struct {
	cmd  *exec.Cmd
	done chan struct{}
	err  error
}

// Start starts cmd in its own process group. cmd.SysProcAttr is set here and must be nil.
func Start(cmd *exec.Cmd) (*Process, error) {
	cmd.SysProcAttr = attributes()
	process := &Process{cmd: cmd, done: make(chan struct{})}
	started := make(chan error)
	go func() {
		// The death signal is bound to the thread that forked, not to the process: the thread has to live as long as the child.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err != nil {
			return
		}
		process.err = cmd.Wait()
		close(process.done)
	}()
	if err := <-started; err != nil {
		return nil, err
	}
	return process, nil
}

// ID is the process id.
func (p *Process) ID() int { return p.cmd.Process.Pid }

// Done closes when the process has ended.
func (p *Process) Done() <-chan struct{} { return p.done }

// Err says how the process ended: nil for status 0, otherwise an *exec.ExitError. Valid once Done is closed.
func (p *Process) Err() error { return p.err }

// Kill ends the whole group at once and waits until the process is gone.
func (p *Process) Kill() { p.Stop(0) }

// Stop asks the group to end (SIGTERM), ends it (SIGKILL) after grace, and returns when the process is gone.
func (p *Process) Stop(grace time.Duration) {
	if grace > 0 && p.signal(syscall.SIGTERM) {
		timer := time.NewTimer(grace)
		defer timer.Stop()
		select {
		case <-p.done:
			return
		case <-timer.C:
		}
	}
	p.signal(syscall.SIGKILL)
	<-p.done
}

// signal reports whether there was still a process to signal; a reaped id is never used again.
func (p *Process) signal(signal syscall.Signal) bool {
	select {
	case <-p.done:
		return false
	default:
		return syscall.Kill(-p.ID(), signal) == nil
	}
}
