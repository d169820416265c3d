"""What is known exactly of small desks, to judge the simulator and the policies by."""
